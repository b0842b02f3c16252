import { createRequire } from 'node:module';
import { expect } from 'chai';
import ts from 'typescript';
import * as library from '../../src';
import { DeclarationError, SocketEvent, SocketGateway } from '../../src';
import { untyped } from '../compiler/problems-of';

const ofClasses = ['Authorize', 'RateLimit', 'SocketNamespace'];
const ofMembers = [
  'AllowAnonymous',
  'Authenticate',
  'Authorize',
  'ForwardEvent',
  'NamespaceMiddleware',
  'OnAfterCall',
  'OnBeforeCall',
  'OnCallError',
  'OnConnect',
  'OnDisconnect',
  'OnDisconnecting',
  'OnPresence',
  'PacketMiddleware',
  'RateLimit',
  'SocketEvent',
];
const ofParameters = [
  'Ack',
  'ConnectedSocket',
  'Ctx',
  'MessageBody',
  'MessageStream',
  'Meta',
  'NspParam',
  'NspParams',
  'SocketId',
  'SocketIO',
  'SocketQueryParam',
  'SocketRequest',
  'SocketRooms',
  'User',
];
const all = [...new Set([...ofClasses, ...ofMembers, ...ofParameters])];

/** A decorator of the library by name, or its factory, as JavaScript sees it. */
function factory(name: string): any {
  return (library as Record<string, unknown>)[name];
}

/** What applying decorators says; it throws an error of this library or none. */
function problemOf(apply: () => unknown): string {
  try {
    apply();
  } catch (error) {
    expect(error).to.be.instanceOf(DeclarationError);
    return (error as DeclarationError).problems.map(({ where, what }) => `${where}: ${what}`).join('\n');
  }
  return '';
}

/** Where TypeScript can apply a decorator, right or wrong. */
const PLACES: Record<string, (decorator: any) => unknown> = {
  'a class': (decorator) => {
    @decorator
    class Chat extends SocketGateway {}
    return Chat;
  },
  'a method': (decorator) => {
    class Chat extends SocketGateway {
      @decorator
      hello() {
        return 1;
      }
    }
    return Chat;
  },
  'a static method': (decorator) => {
    class Chat extends SocketGateway {
      @decorator
      static hello() {
        return 1;
      }
    }
    return Chat;
  },
  'an accessor': (decorator) => {
    class Chat extends SocketGateway {
      @decorator
      get hello() {
        return 1;
      }
    }
    return Chat;
  },
  'a property': (decorator) => {
    class Chat extends SocketGateway {
      @decorator
      hello = () => 1;
    }
    return Chat;
  },
  'a parameter': (decorator) => {
    class Chat extends SocketGateway {
      @SocketEvent()
      hello(@decorator _given: unknown) {
        return 1;
      }
    }
    return Chat;
  },
};
const CONSTRUCTOR = (decorator: any): unknown => {
  class Chat extends SocketGateway {
    constructor(@decorator broker: never) {
      super(broker);
    }
  }
  return Chat;
};

describe('decorators that are used in a wrong way', () => {
  it('are all looked at here', () => {
    const exported = Object.keys(library).filter(
      (name) =>
        /^[A-Z]/.test(name) &&
        typeof factory(name) === 'function' &&
        !['SocketGateway', 'DeclarationError'].includes(name),
    );

    expect(all).to.have.members(exported);
  });

  for (const name of all) {
    for (const [place, apply] of Object.entries({ ...PLACES, 'the constructor': CONSTRUCTOR })) {
      it(`say so: @${name} without parentheses on ${place}`, () => {
        const where = /^a class|constructor/.test(place) ? 'Chat' : 'Chat.hello';

        expect(problemOf(() => apply(factory(name)))).to.equal(
          `${where}: @${name}() is applied without parentheses; write @${name}()`,
        );
      });
    }
  }

  const misplaced: [names: string[], places: string[], found: string, cure: string][] = [
    [ofMembers.filter((name) => !ofClasses.includes(name)), ['a class'], 'a class', 'a method of a gateway'],
    [
      ofMembers.filter((name) => !ofClasses.includes(name)),
      ['a parameter'],
      'a parameter',
      'a method of a gateway',
    ],
    [['SocketNamespace'], ['a parameter'], 'a parameter', 'the class of a gateway'],
    [
      ['Authorize', 'RateLimit'],
      ['a parameter'],
      'a parameter',
      'the class of a gateway, or a method with @SocketEvent',
    ],
    [
      ['SocketNamespace'],
      ['a method', 'a static method', 'an accessor', 'a property'],
      'a method or property',
      'the class of a gateway',
    ],
    [ofParameters, ['a class'], 'a class', 'a parameter of a method with @SocketEvent'],
    [
      ofParameters,
      ['a method', 'a static method', 'an accessor', 'a property'],
      'a method or property',
      'a parameter of a method with @SocketEvent',
    ],
  ];
  for (const [names, places, found, cure] of misplaced) {
    for (const name of names) {
      for (const place of places) {
        it(`say so: @${name}() on ${place}`, () => {
          const where = place === 'a class' ? 'Chat' : 'Chat.hello';

          expect(problemOf(() => PLACES[place]!(factory(name)()))).to.equal(
            `${where}: @${name}() is applied to ${found}; apply it to ${cure}`,
          );
        });
      }
    }
  }

  for (const name of ofParameters) {
    it(`say so: @${name}() on a parameter of the constructor`, () => {
      expect(problemOf(() => CONSTRUCTOR(factory(name)()))).to.equal(
        `Chat: @${name}() is applied to a parameter of the constructor; apply it to a parameter of a method with @SocketEvent`,
      );
    });
  }

  it('say so: @SocketNamespace() on a class that is no gateway', () => {
    const apply = () => {
      @(untyped(library.SocketNamespace)('/chat'))
      class Chat {}
      return Chat;
    };

    expect(problemOf(apply)).to.equal(
      'Chat: @SocketNamespace() is applied to a class that is no gateway; write: extends SocketGateway',
    );
  });

  it('are told from names, options, roles and policies', () => {
    const policy = () => true;
    function olderPolicy() {
      return true;
    }
    const given: Record<string, unknown[][]> = {
      Authorize: [
        [policy],
        [olderPolicy],
        [olderPolicy, 'admin'],
        [policy, 'admin', olderPolicy],
        ['a', 'b', 'c'],
      ],
      SocketEvent: [[{}], ['a', { timeout: 5 }], [['a', 'b'], {}], [{ whitelist: ['**'] }]],
      ForwardEvent: [['a', { rooms: () => [] }]],
      MessageBody: [[{}], [1, {}], [{ type: class Message {} }]],
      RateLimit: [[{ points: 1, duration: 1 }]],
      Authenticate: [[{}]],
      SocketNamespace: [[/x/], [['/a', /b/], {}], ['/a', { name: 'a' }]],
    };
    for (const [name, calls] of Object.entries(given)) {
      for (const args of calls)
        expect(
          problemOf(() => factory(name)(...args)),
          name,
        ).to.equal('');
    }
  });

  it('work on a method whose descriptor is not passed, as in plain JavaScript', () => {
    class Chat extends SocketGateway {
      send() {
        return 1;
      }
    }
    untyped(SocketEvent('message'))(Chat.prototype, 'send');
    const [event] = library.compileGateway(library.SocketNamespace('/chat')(Chat)).events;

    expect(event).to.have.nested.property('target.kind', 'handler');
  });
});

describe('standard decorators', () => {
  /** Runs a class as TypeScript 5 and later compile it where `experimentalDecorators` is not set. */
  function run(code: string): void {
    const { outputText } = ts.transpileModule(`import * as lib from 'library';\n${code}`, {
      compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
    });
    const installed = createRequire(__filename);
    // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code stands in this file
    const module = new Function('exports', 'require', outputText) as (...args: unknown[]) => void;
    module({}, (name: string): unknown => (name === 'library' ? library : installed(name)));
  }
  const cure =
    'is called as a standard decorator, and works as one of TypeScript\'s own only: set "experimentalDecorators": true and ' +
    '"emitDecoratorMetadata": true in the compilerOptions of tsconfig.json';

  for (const name of ofClasses) {
    for (const decorator of [`@lib.${name}()`, `@lib.${name}`]) {
      it(`get a sentence: ${decorator} on a class`, () => {
        expect(problemOf(() => run(`${decorator} class Chat extends lib.SocketGateway {}`))).to.equal(
          `Chat: @${name}() ${cure}`,
        );
      });
    }
  }

  for (const name of ofMembers) {
    for (const decorator of [`@lib.${name}()`, `@lib.${name}`]) {
      for (const member of [
        'hello() {}',
        'hello = () => 1;',
        'hello;',
        'get hello() { return 1; }',
        'accessor hello = 1;',
        'static hello() {}',
      ]) {
        it(`get a sentence: ${decorator} ${member}`, () => {
          expect(
            problemOf(() => run(`class Chat extends lib.SocketGateway { ${decorator} ${member} }`)),
          ).to.equal(`A class.hello: @${name}() ${cure}`);
        });
      }
    }
  }
});
