import { expect } from 'chai';
import { compileNaming } from '../../src/plan/named-services';

/** Whether one pattern names the action `health` of a service. */
function names(pattern: string | RegExp, service = '$node', action = `${service}.health`): boolean {
  return compileNaming([pattern])(action, service);
}

describe('a whitelist names a service', () => {
  for (const pattern of [
    '$node.health',
    '$node.*',
    '$node.**',
    '$node.h?alth',
    '$node**',
    /^\$node\.health$/,
    /^\$node/,
    /^\$node\./,
    /\$node\.health/,
    /^\$node\.(health|list)$/,
    /^\$node.health/,
    /^\$node\.HEALTH$/i,
    /^\$node\.h+ealth/,
    /^\$nodes?/,
  ]) {
    it(`with ${String(pattern)}`, () => {
      expect(names(pattern)).to.equal(true);
    });
  }
});

describe('a whitelist does not name a service', () => {
  for (const pattern of [
    '**',
    '*',
    '*.*',
    '*node.health',
    '?node.health',
    '$**',
    '$n*.health',
    '$node2.*',
    '$node.list',
    'node.health',
    /./,
    /.*/,
    /health/,
    /^.node\.health$/,
    /\$|x/,
    /^(\$node)\.health/,
    /^[$]node\.health/,
    /^\$nod?e\.health/,
    /^\$node\.list|health/,
    /^x|\$node\.health/,
    /^\D\w+\.health/,
    /^\x24node\.health/,
  ]) {
    it(`with ${String(pattern)}`, () => {
      expect(names(pattern)).to.equal(false);
    });
  }

  it('where the pattern that names it does not match the action', () => {
    const both = compileNaming(['**', '$node.health']);
    expect([both('$node.health', '$node'), both('$node.options', '$node')]).to.deep.equal([true, false]);
  });

  it('where an alternative of the expression that names it matches another action', () => {
    const matches = compileNaming([/^\$node\.health|options/]);
    expect([matches('$node.health', '$node'), matches('$node.options', '$node')]).to.deep.equal([
      true,
      false,
    ]);
  });
});

describe('the name of a service', () => {
  it('has its version', () => {
    expect(names('v2.$x.*', 'v2.$x')).to.equal(true);
    for (const pattern of ['v2.**', 'v2.*.health', '$x.*', 'v2.$*.health', 'v2.$xy.*', 'v3.$x.*'])
      expect(names(pattern, 'v2.$x'), pattern).to.equal(false);
  });

  it('may have dots, as the name of an action', () => {
    expect(names('a.b.*', 'a.b')).to.equal(true);
    expect(names('$x.admin.*', '$x', '$x.admin.list')).to.equal(true);
    expect(names('a.*', 'a.b')).to.equal(false);
  });

  it('is no part of the names of its actions with $noServiceNamePrefix: these are named one by one', () => {
    expect(names('health', '$x', 'health')).to.equal(true);
    for (const pattern of ['$x.*', 'h*', '**', 'health.*', /^he/])
      expect(names(pattern, '$x', 'health'), String(pattern)).to.equal(false);
  });
});
