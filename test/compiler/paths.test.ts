import { expect } from 'chai';
import { compileGateway, NspParam, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import type { DynamicPath } from '../../src';
import { problemsOf, untyped } from './problems-of';

/** A class with these paths, and nothing else. */
function gatewayAt(...path: unknown[]): typeof SocketGateway {
  class Chat extends SocketGateway {}
  return untyped(SocketNamespace)(...path)(Chat);
}

function pathsOf(...path: unknown[]): readonly unknown[] {
  return compileGateway(gatewayAt(...path)).paths;
}

function patternOf(path: string): RegExp {
  return (pathsOf(path)[0] as DynamicPath).pattern;
}

describe('compileGateway: paths', () => {
  it('takes the root where no path is given', () => {
    expect(pathsOf()).to.deep.equal([{ kind: 'literal', name: '/' }]);
  });

  it('takes one path, or several', () => {
    expect(pathsOf('/chat')).to.deep.equal([{ kind: 'literal', name: '/chat' }]);
    expect(pathsOf(['/chat', '/talk'])).to.deep.equal([
      { kind: 'literal', name: '/chat' },
      { kind: 'literal', name: '/talk' },
    ]);
  });

  it('makes a pattern of a path with parameters', () => {
    const [path] = pathsOf('/tenants/:tenantId/rooms/:roomId') as DynamicPath[];

    expect(path).to.include({ kind: 'dynamic', source: '/tenants/:tenantId/rooms/:roomId' });
    expect({ ...path!.pattern.exec('/tenants/acme/rooms/7')!.groups }).to.deep.equal({
      tenantId: 'acme',
      roomId: '7',
    });
  });

  it('matches a whole name, a parameter being a whole segment that is not empty', () => {
    const pattern = patternOf('/tenants/:id');

    expect(pattern.test('/tenants/acme')).to.be.true;
    for (const name of ['/tenants/', '/tenants/a/b', '/tenants/a/', '/x/tenants/a', 'tenants/a']) {
      expect(pattern.test(name), name).to.be.false;
    }
  });

  it('takes every other character of a path as it is', () => {
    const pattern = patternOf('/v1.0+(beta)/:id');

    expect(pattern.test('/v1.0+(beta)/7')).to.be.true;
    expect(pattern.test('/v1x0+(beta)/7')).to.be.false;
    expect(pattern.test('/v1.00beta/7')).to.be.false;
  });

  it('takes a regular expression as it is, flags and named groups included', () => {
    const pattern = /^\/room-(?<room>\d+)$/i;
    class Rooms extends SocketGateway {
      @SocketEvent()
      enter(@NspParam('room') room: string) {
        return room;
      }
    }
    const gateway = SocketNamespace(pattern)(Rooms);

    const [path] = compileGateway(gateway).paths;
    expect(path).to.have.property('pattern', pattern);
    expect(path).to.have.property('source', String(pattern));
  });

  it('takes strings and expressions together', () => {
    expect(pathsOf(['/a', /^\/b/, '/c/:d']).map((path) => (path as DynamicPath).kind)).to.deep.equal([
      'literal',
      'dynamic',
      'dynamic',
    ]);
  });

  describe('refuses', () => {
    const refused: [what: string, path: unknown, ...problems: string[]][] = [
      ['a path without a slash', 'chat', "the path 'chat' must begin with a slash: '/chat'"],
      [
        'an empty path',
        '',
        "@SocketNamespace takes a path like '/chat', a RegExp or an array of these, not an empty string",
      ],
      [
        'a number',
        7,
        "@SocketNamespace takes a path like '/chat', a RegExp or an array of these, not number",
      ],
      ['null', null, "@SocketNamespace takes a path like '/chat', a RegExp or an array of these, not null"],
      [
        'a hole in an array',
        ['/chat', undefined],
        "@SocketNamespace takes a path like '/chat', a RegExp or an array of these, not undefined",
      ],
      ['no path', [], '@SocketNamespace([]) names no namespace; write at least one path'],
      ['a path twice', ['/chat', '/talk', '/chat'], "@SocketNamespace names '/chat' twice; name it once"],
      [
        'a path with parameters twice',
        ['/a/:b', '/a/:b'],
        "@SocketNamespace names '/a/:b' twice; name it once",
      ],
      ['an expression twice', [/^\/a/, /^\/a/], '@SocketNamespace names /^\\/a/ twice; name it once'],
      [
        'a query',
        '/chat?room=1',
        "the path '/chat?room=1' has a character that no client can send; leave out , ? # and blanks",
      ],
      [
        'a comma',
        '/a,/b',
        "the path '/a,/b' has a character that no client can send; leave out , ? # and blanks",
      ],
      [
        'a blank',
        '/my chat',
        "the path '/my chat' has a character that no client can send; leave out , ? # and blanks",
      ],
      [
        'the flag g',
        /^\/chat$/g,
        'the path /^\\/chat$/g must not have the flag g or y, they make it match only every other time',
      ],
      [
        'the flag y',
        /^\/chat$/y,
        'the path /^\\/chat$/y must not have the flag g or y, they make it match only every other time',
      ],
      [
        'a parameter without a name',
        '/tenants/:',
        "in the path '/tenants/:', ':' is no parameter; a parameter is a whole segment like ':tenantId'",
      ],
      [
        'a parameter that begins with a digit',
        '/tenants/:1st',
        "in the path '/tenants/:1st', ':1st' is no parameter; a parameter is a whole segment like ':tenantId'",
      ],
      [
        'a parameter that is part of a segment',
        '/room-:id',
        "in the path '/room-:id', 'room-:id' is no parameter; a parameter is a whole segment like ':tenantId'",
      ],
      [
        'a parameter twice',
        '/:id/of/:id',
        "the path '/:id/of/:id' has the parameter ':id' twice; give them different names",
      ],
      [
        'several wrong paths, each for itself',
        ['chat', /x/g, '/ok', '/:a/:a'],
        "the path 'chat' must begin with a slash: '/chat'",
        'the path /x/g must not have the flag g or y, they make it match only every other time',
        "the path '/:a/:a' has the parameter ':a' twice; give them different names",
      ],
    ];
    for (const [what, path, ...problems] of refused) {
      it(what, () => {
        expect(problemsOf(gatewayAt(path))).to.deep.equal(problems.map((problem) => `Chat: ${problem}`));
      });
    }
  });
});
