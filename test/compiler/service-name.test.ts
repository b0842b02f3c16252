import { expect } from 'chai';
import { Service } from 'moleculer-decorators';
import { compileGateway, DeclarationError, SocketGateway, SocketNamespace } from '../../src';
import { newBroker } from '../support/run-gateway';
import { problemsOf, untyped } from './problems-of';

const settings = { server: false };

/** A gateway of a class of this name, as a minifier leaves it. */
function minified(className: string, options: object = {}): any {
  const type = { [className]: class extends SocketGateway {} }[className]!;
  return SocketNamespace('/chat', { settings, ...options })(type);
}

function nameOf(type: unknown, given?: object): string {
  return newBroker([]).createService(type as never, given as never).name;
}

describe('the name of a service', () => {
  for (const className of ['r', 'G', 'aB', '$', '_', 't1']) {
    it(`is not made of the name of a class called ${className}`, () => {
      const what =
        `${className}: a service cannot be named after the class '${className}': minifiers rename classes, and its actions ` +
        "would be called differently in every build; give it a name: @SocketNamespace(path, { name: 'chat' })";

      expect(problemsOf(minified(className))).to.deep.equal([what]);
      expect(() => nameOf(minified(className))).to.throw(DeclarationError, what);
    });
  }

  it('is made of one of three letters', () => {
    expect(nameOf(minified('Api'))).to.equal('api');
  });

  it('may be given by @SocketNamespace, @Service or createService', () => {
    for (const constructOverride of [true, false]) {
      const served = untyped(Service)({ constructOverride, name: 'served' })(minified('r'));
      expect(nameOf(served)).to.equal('served');
      expect(compileGateway(served).className).to.equal('r');
    }
    expect(nameOf(minified('r', { name: 'chat' }))).to.equal('chat');
    expect(nameOf(minified('r'), { name: 'talk' })).to.equal('talk');
  });

  it('is not made of the class where @Service is given none', () => {
    for (const constructOverride of [true, false]) {
      const served = untyped(Service)({ constructOverride })(minified('r'));
      expect(() => nameOf(served)).to.throw(/a service cannot be named after the class 'r'/);
      const named = untyped(Service)({ constructOverride })(minified('r', { name: 'chat' }));
      expect(nameOf(named)).to.equal('chat');
    }
  });
});

describe('a class above a gateway that parses the schema itself', () => {
  const wrappers: Record<string, (parent: unknown, schema: object) => unknown> = {
    'as it was written': (parent, schema) =>
      run(
        'return class extends parent { constructor(b, s) { super(b, s); this.parseServiceSchema(schema); } }',
        parent,
        schema,
      ),
    minified: (parent, schema) =>
      run(
        'return class e extends parent{constructor(e,t){super(e,t),this.parseServiceSchema(schema)}}',
        parent,
        schema,
      ),
    'for ES5, minified': (parent, schema) =>
      run(
        'function t(e,r){var n=Reflect.construct(parent,[e,r],new.target);return n.parseServiceSchema(schema),n}' +
          'return t.prototype=Object.create(parent.prototype),t.prototype.constructor=t,Object.setPrototypeOf(t,parent),t',
        parent,
        schema,
      ),
  };
  /** Makes a class of code, as a bundler leaves it. */
  function run(code: string, parent: unknown, schema: object): unknown {
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code stands in this file
    return (new Function('parent', 'schema', code) as (...args: unknown[]) => unknown)(parent, schema);
  }

  for (const [how, wrap] of Object.entries(wrappers)) {
    it(`is known ${how}`, () => {
      expect(nameOf(wrap(minified('Chat'), { name: 'wrapped', settings }))).to.equal('wrapped');
    });
  }

  it('is told from one that has forgotten its @SocketNamespace', () => {
    const forgotten = run('return class Talk extends parent {}', minified('Chat'), {});

    expect(() => nameOf(forgotten)).to.throw(/^Talk cannot be used as a gateway/);
  });
});
