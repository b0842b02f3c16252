import { expect } from 'chai';
import { IsString } from 'class-validator';
import { Action } from 'moleculer-decorators';
import ts from 'typescript';
import { z } from 'zod';
import * as library from '../../src';
import {
  compileGateway,
  Ctx,
  ForwardEvent,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import type { HandlerPlan } from '../../src';
import { problemsOf, untyped } from './problems-of';

class Message {
  @IsString()
  text!: string;
}

class Other {
  @IsString()
  name!: string;
}

interface Shape {
  text: string;
}

const OBJECT =
  'as `Object`: an interface, a union (`Dto | undefined` too), any, a parameter without a type, or, by swc and transpile-only, ' +
  'a class of an `import type` or of a circular import';
const UNDEFINED =
  'as undefined: a class that is declared further down in its file, or a circular import; move the class up, or into a file of its own';

/** The problem of a parameter whose type got lost. */
function lost(parameter: number, cause: string, body = 0, example = 'NewMessage'): string {
  const position = body === 0 ? '' : `${body}, `;
  const why = cause.startsWith('as ') ? `its type is emitted ${cause}` : cause;
  return (
    `parameter ${parameter} is not described, so it cannot be checked: ${why}. Write @MessageBody(${position}{ type: ${example} }), ` +
    `with a class, [Item], Number, … or a schema${body === 0 ? ', or the option payload or params of @SocketEvent' : ''}; ` +
    `to take it as it comes, write @MessageBody(${position}{ unchecked: true })`
  );
}

function chat<T extends typeof SocketGateway>(type: T): T {
  return SocketNamespace('/chat')(type);
}

function handlersOf(type: typeof SocketGateway): HandlerPlan[] {
  return [...compileGateway(chat(type)).handlers];
}

/** What comes of a value, or the code of the error that refuses it. */
async function checked(handler: HandlerPlan, value: unknown, index = 0): Promise<unknown> {
  try {
    return await handler.bodies.find((body) => body.index === index)!.check(value);
  } catch (error) {
    return (error as { code: number }).code;
  }
}

describe('compileGateway: bodies', () => {
  describe('that nothing describes do not compile', () => {
    it('an interface, a union, an optional class, any, unknown, object, a literal, a generic, no type', () => {
      class Chat<T> extends SocketGateway {
        @SocketEvent() a(@MessageBody() _: Shape) {}
        @SocketEvent() b(@MessageBody() _: Message | Other) {}
        @SocketEvent() c(@MessageBody() _: Message | undefined) {}
        @SocketEvent() d(@MessageBody() _: any) {}
        @SocketEvent() e(@MessageBody() _: unknown) {}
        @SocketEvent() f(@MessageBody() _: object) {}
        @SocketEvent() g(@MessageBody() _: { text: string }) {}
        @SocketEvent() h(@MessageBody() _: T) {}
        @SocketEvent() i(@MessageBody() _: Record<string, string>) {}
        @SocketEvent() j(@MessageBody() _: string | number) {}
        @SocketEvent() k(@MessageBody() { text: _ }: Partial<Message>) {}
        @SocketEvent() l(@MessageBody() _?: string | null) {}
      }

      expect(problemsOf(chat(Chat as typeof SocketGateway))).to.deep.equal(
        'abcdefghijkl'.split('').map((member) => `Chat.${member}: ${lost(1, OBJECT)}`),
      );
    });

    it('an array, a tuple, a function, a promise, a Map and a Set', () => {
      class Chat extends SocketGateway {
        @SocketEvent() a(@MessageBody() _: Message[]) {}
        @SocketEvent() b(@MessageBody() _: [string, number]) {}
        @SocketEvent() c(@MessageBody() _: readonly string[]) {}
        @SocketEvent() d(@MessageBody() _: () => void) {}
        @SocketEvent() e(@MessageBody() _: Promise<Message>) {}
        @SocketEvent() f(@MessageBody() _: Map<string, string>) {}
        @SocketEvent() g(@MessageBody() _: Set<string>) {}
      }
      const array = lost(1, 'as `Array`, without the type of its items', 0, '[Item]');

      expect(problemsOf(chat(Chat))).to.deep.equal([
        `Chat.a: ${array}`,
        `Chat.b: ${array}`,
        `Chat.c: ${array}`,
        `Chat.d: ${lost(1, 'as `Function`: a class of an `import type`; import it without `type`')}`,
        `Chat.e: ${lost(1, 'as `Promise`, which no client can send')}`,
        `Chat.f: ${lost(1, 'as `Map`, which no client can send')}`,
        `Chat.g: ${lost(1, 'as `Set`, which no client can send')}`,
      ]);
    });

    it('each parameter on its own: the second beside a checked one, and one behind the context', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@MessageBody() _message: Message, @MessageBody(1) _options: any, @MessageBody(2) _at: number) {}

        @SocketEvent({ payload: Message })
        say(@Ctx() _ctx: unknown, @MessageBody() _message: any, @MessageBody(1) _options: Shape) {}
      }

      expect(problemsOf(chat(Chat))).to.deep.equal([
        `Chat.send: ${lost(2, OBJECT, 1)}`,
        `Chat.say: ${lost(3, OBJECT, 1)}`,
      ]);
    });

    it('of an inherited handler, of an override, and of the catch-all', () => {
      abstract class Base extends SocketGateway {
        @SocketEvent()
        inherited(@MessageBody() _message: any) {}

        @SocketEvent()
        overridden(@MessageBody() _message: any) {}

        @SocketEvent()
        redeclared(@MessageBody() _message: Message) {}
      }
      @SocketNamespace('/chat')
      class Chat extends Base {
        override overridden(_message: Message) {}

        @SocketEvent()
        override redeclared(@MessageBody() _message: any) {}

        @SocketEvent('*')
        rest(@MessageBody() _body: unknown) {}
      }

      expect(problemsOf(Chat)).to.have.members(
        ['inherited', 'overridden', 'redeclared', 'rest'].map((name) => `Chat.${name}: ${lost(1, OBJECT)}`),
      );
    });

    it('of a handler that is also a forward', () => {
      class Chat extends SocketGateway {
        @ForwardEvent('order.updated')
        @SocketEvent()
        order(@MessageBody() _order: Shape) {}
      }

      expect(problemsOf(chat(Chat))).to.deep.equal([`Chat.order: ${lost(1, OBJECT)}`]);
    });

    it('with params that say nothing, and with params for another argument', () => {
      class Chat extends SocketGateway {
        @SocketEvent({ params: {} })
        a(@MessageBody() _message: any) {}

        @SocketEvent({ params: undefined })
        b(@MessageBody() _message: any) {}

        @SocketEvent({ params: { text: 'string' } })
        c(@MessageBody(1) _second: any) {}
      }

      expect(problemsOf(chat(Chat))).to.deep.equal([
        `Chat.a: ${lost(1, OBJECT)}`,
        `Chat.b: ${lost(1, OBJECT)}`,
        `Chat.c: ${lost(1, OBJECT, 1)}`,
      ]);
    });

    it('in a circular import, which takes the class away, also beside params', () => {
      class Chat extends SocketGateway {
        @Reflect.metadata('design:paramtypes', [undefined])
        @SocketEvent({ params: { text: 'string' } })
        send(@MessageBody() _message: object) {}
      }

      expect(problemsOf(chat(Chat))).to.deep.equal([`Chat.send: ${lost(1, UNDEFINED)}`]);
    });
  });

  describe('in builds of other kinds', () => {
    /** Compiles a gateway the way that other tools do, and says what is wrong with it. */
    function build(code: string, options: ts.CompilerOptions): string[] {
      const { outputText } = ts.transpileModule(
        `import { Message } from 'message';
         import type { Message as Type } from 'message';
         import { MessageBody, SocketEvent, SocketGateway, SocketNamespace } from 'library';
         @SocketNamespace('/chat') export class Chat extends SocketGateway { ${code} }`,
        {
          compilerOptions: {
            module: ts.ModuleKind.CommonJS,
            target: ts.ScriptTarget.ES2022,
            experimentalDecorators: true,
            ...options,
          },
        },
      );
      const modules: Record<string, unknown> = { library, message: { Message } };
      const exported: { Chat?: typeof SocketGateway } = {};
      // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the code stands in this file
      const module = new Function('exports', 'require', outputText) as (...args: unknown[]) => void;
      module(exported, (name: string) => modules[name]);
      return problemsOf(exported.Chat!);
    }
    const none =
      'this build emits no types of parameters (tsx, esbuild and vitest 3 never do; tsc and swc only with emitDecoratorMetadata)';

    it('without emitted types: a class that could be checked is not', () => {
      const code = '@SocketEvent() send(@MessageBody() m: Message, @MessageBody(1) n: number) {}';

      expect(build(code, {})).to.deep.equal([
        `Chat.send: ${lost(1, none)}`,
        `Chat.send: ${lost(2, none, 1)}`,
      ]);
      expect(build(code, { emitDecoratorMetadata: true })).to.be.empty;
    });

    it('without emitted types, and with types that are named', () => {
      const code = `
        @SocketEvent() a(@MessageBody({ type: Message }) m: Message, @MessageBody(1, { type: Number }) n: number) {}
        @SocketEvent({ payload: Message }) b(@MessageBody() m: Message) {}
        @SocketEvent({ params: { text: 'string' } }) c(@MessageBody() m: Message) {}
        @SocketEvent() d(@MessageBody({ unchecked: true }) m: Message) {}
        @SocketEvent() e(ctx) {}`;

      expect(build(code, {})).to.be.empty;
    });

    it('of a class of an import type', () => {
      const code = '@SocketEvent() send(@MessageBody() m: Type) {}';

      expect(build(code, { emitDecoratorMetadata: true })).to.deep.equal([`Chat.send: ${lost(1, OBJECT)}`]);
    });
  });

  describe('are described', () => {
    it('by params of @SocketEvent or of @Action, where it is the first', () => {
      class Chat extends SocketGateway {
        @SocketEvent({ params: { text: 'string' } })
        send(@MessageBody() _message: any) {}

        @SocketEvent()
        @Action({ params: { $$strict: true } })
        say(@MessageBody() _message: Shape) {}
      }

      expect(handlersOf(Chat).map(({ bodies, unchecked }) => [bodies, unchecked])).to.deep.equal([
        [[], []],
        [[], []],
      ]);
    });

    it('by one of two parameters that take the same argument', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@MessageBody() _raw: any, @MessageBody() _message: Message) {}
      }

      expect(handlersOf(Chat)[0]!.bodies.map(({ index }) => index)).to.deep.equal([0]);
    });

    it('by type: a primitive, a class, an array, a schema', async () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(
          @MessageBody({ type: Message }) _a: any,
          @MessageBody(1, { type: Number }) _b: any,
          @MessageBody(2, { type: [Message] }) _c: Message[],
          @MessageBody(3, { type: [String] }) _d: string[],
          @MessageBody(4, { type: z.string().transform(Number) }) _e: number,
          @MessageBody(5, { type: Boolean }) _f: any,
          @MessageBody(6, { type: String }) _g: any,
          @MessageBody(7, { type: [z.number()] }) _h: any,
        ) {}
      }
      const [send] = handlersOf(Chat) as [HandlerPlan];

      expect(send.bodies.map(({ index }) => index)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
      expect(await checked(send, { text: 'a' })).to.be.instanceOf(Message);
      expect(await checked(send, { text: 1 })).to.equal(422);
      expect(await checked(send, 7, 1)).to.equal(7);
      expect(await checked(send, { $gt: 0 }, 1)).to.equal(422);
      expect(await checked(send, [{ text: 'a' }], 2)).to.have.nested.property('[0].text', 'a');
      expect(await checked(send, [{ text: 1 }], 2)).to.equal(422);
      expect(await checked(send, ['a', 'b'], 3)).to.deep.equal(['a', 'b']);
      expect(await checked(send, ['a', 7], 3)).to.equal(422);
      expect(await checked(send, '7', 4)).to.equal(7);
      expect(await checked(send, 7, 4)).to.equal(422);
      expect(await checked(send, 'true', 5)).to.equal(422);
      expect(await checked(send, ['a'], 6)).to.equal(422);
      expect(await checked(send, ['a'], 7)).to.equal(422);
    });

    it('by type, whatever the parameter says', async () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        send(@MessageBody({ type: Number }) _message: Message) {}
      }

      expect(await checked(handlersOf(Chat)[0]!, 7)).to.equal(7);
    });
  });

  describe('that are optional', () => {
    it('are not checked where there is none, and are where there is one', async () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        list(
          @MessageBody({ optional: true }) _message: Message,
          @MessageBody(1, { type: Number, optional: true }) _limit?: number,
          @MessageBody(2, { optional: true }) _name: string = 'ann',
          @MessageBody(3, { type: [Message], optional: true }) _all?: Message[],
        ) {}
      }
      const [list] = handlersOf(Chat) as [HandlerPlan];

      for (const index of [0, 1, 2, 3]) {
        expect(await checked(list, undefined, index)).to.equal(undefined);
        expect(await checked(list, null, index)).to.equal(null);
        for (const wrong of [{}, [{}], true]) {
          expect(await checked(list, wrong, index), `${index}: ${typeof wrong}`).to.equal(422);
        }
      }
      expect(await checked(list, '', 1)).to.equal(422);
      expect(await checked(list, 0, 1)).to.equal(0);
      expect(await checked(list, 0, 2)).to.equal(422);
      expect(await checked(list, '', 2)).to.equal('');
    });

    it('may be what payload says', async () => {
      class Chat extends SocketGateway {
        @SocketEvent({ payload: Message })
        list(@MessageBody({ optional: true }) _message?: Message) {}
      }
      const [list] = handlersOf(Chat) as [HandlerPlan];

      expect(await checked(list, null)).to.equal(null);
      expect(await checked(list, {})).to.equal(422);
    });

    it('are not described by being optional', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        list(@MessageBody(1, { optional: true }) _limit: number | undefined) {}
      }

      expect(problemsOf(chat(Chat))).to.deep.equal([`Chat.list: ${lost(1, OBJECT, 1)}`]);
    });
  });

  describe('refuse', () => {
    /** The problems of a handler whose parameters have these options. */
    function problemsWith(body: unknown[], event: object = {}): string[] {
      class Chat extends SocketGateway {
        send(..._args: unknown[]) {}
      }
      const descriptor = Object.getOwnPropertyDescriptor(Chat.prototype, 'send');
      untyped(MessageBody)(...body)(Chat.prototype, 'send', 0);
      untyped(SocketEvent)(event)(Chat.prototype, 'send', descriptor);
      return problemsOf(chat(Chat));
    }

    it('a type that is unchecked', () => {
      expect(problemsWith([{ type: Message, unchecked: true }])).to.deep.equal([
        'Chat.send: @MessageBody cannot have a type and be unchecked; take one of them away',
      ]);
    });

    it('a type, or no check, beside payload', () => {
      expect(problemsWith([{ type: Message }], { payload: Message })).to.deep.equal([
        'Chat.send: @MessageBody({ type }) and the option payload of @SocketEvent contradict each other; take one of them away',
      ]);
      expect(problemsWith([0, { unchecked: true }], { payload: Message })).to.deep.equal([
        'Chat.send: @MessageBody({ unchecked }) and the option payload of @SocketEvent contradict each other; take one of them away',
      ]);
      expect(problemsWith([1, { type: Message }], { payload: Message })).to.be.empty;
    });

    it('an option that there is not, and say which was meant', () => {
      expect(problemsWith([{ typ: Message, unchecked: true }])).to.deep.equal([
        "Chat.send: @MessageBody has no option 'typ'; did you mean `type`?",
      ]);
      expect(problemsWith([{ unchekced: true }])).to.deep.equal([
        "Chat.send: @MessageBody has no option 'unchekced'; did you mean `unchecked`?",
      ]);
      expect(problemsWith([1, { Optional: true, unchecked: true }])).to.deep.equal([
        "Chat.send: @MessageBody has no option 'Optional'; did you mean `optional`?",
      ]);
      expect(problemsWith([{ validate: false }])).to.deep.equal([
        "Chat.send: @MessageBody has no option 'validate'; it has type, optional, unchecked",
      ]);
    });

    it('options that are none', () => {
      for (const options of [7, 'Number', Number, null, [Message]]) {
        expect(problemsWith([1, options])).to.deep.equal([
          'Chat.send: the options of @MessageBody must be an object: @MessageBody(1, { type: Number })',
        ]);
      }
      expect(problemsWith([{ optional: 'yes', unchecked: 1 }])).to.deep.equal([
        'Chat.send: optional of @MessageBody must be true or false',
        'Chat.send: unchecked of @MessageBody must be true or false',
      ]);
    });

    it('a class in place of the position', () => {
      expect(problemsWith([Message])).to.deep.equal([
        'Chat.send: @MessageBody(Message) must name an argument by its position: 0 is the first; the type is an option: ' +
          '@MessageBody({ type: Message })',
      ]);
    });

    it('a type or a payload that is undefined, or says nothing', () => {
      const undefinedType =
        'Chat.send: the type of the payload is undefined: a class that is declared further down in its file, or a circular ' +
        'import; move the class up, or into a file of its own, or leave the option out';
      for (const body of [[{ type: undefined }], [{ type: [undefined] }]])
        expect(problemsWith(body)).to.deep.equal([undefinedType]);
      expect(problemsWith([], { payload: undefined })).to.deep.equal([undefinedType]);
      for (const [type, name] of [
        [Object, 'Object'],
        [Array, 'Array'],
        [Function, 'Function'],
        [[Object], 'Object'],
      ] as const) {
        const nothing = `Chat.send: the payload is declared as ${name}, which says nothing about it; name a class, [Item] or a schema`;
        expect(problemsWith([{ type }])).to.deep.equal([nothing]);
        expect(problemsWith([], { payload: type })).to.deep.equal([nothing]);
      }
    });

    it('a payload of a forward, and of a handler that takes (ctx), that got lost', () => {
      class Chat extends SocketGateway {
        @ForwardEvent('a', { payload: undefined as never })
        forwarded() {}

        @SocketEvent({ payload: undefined })
        send(_ctx: unknown) {}
      }

      const [send, forwarded, ...others] = problemsOf(chat(Chat));
      expect(send).to.match(/^Chat\.send: the type of the payload is undefined: /);
      expect(forwarded).to.match(/^Chat\.forwarded: the type of the payload is undefined: /);
      expect(others).to.be.empty;
    });

    it('two parameters that describe the same argument differently', () => {
      class Chat extends SocketGateway {
        @SocketEvent()
        types(@MessageBody() _a: Message, @MessageBody() _b: Other) {}

        @SocketEvent()
        checked(@MessageBody(1) _a: Message, @MessageBody(1, { unchecked: true }) _b: any) {}

        @SocketEvent()
        optional(@MessageBody() _a: Message, @MessageBody({ optional: true }) _b: Message) {}

        @SocketEvent()
        same(@MessageBody() _a: Message, @MessageBody() _b: Message) {}
      }
      const what =
        'parameters 1 and 2 take the same argument and describe it differently; describe it once, or in the same way';

      expect(problemsOf(chat(Chat))).to.deep.equal([
        `Chat.types: ${what}`,
        `Chat.checked: ${what}`,
        `Chat.optional: ${what}`,
      ]);
    });
  });

  it('are left alone where a handler takes (ctx), or no body', () => {
    class Chat extends SocketGateway {
      @SocketEvent()
      a(_ctx: any) {}

      @SocketEvent()
      b(@Ctx() _ctx: any) {}

      @SocketEvent()
      c() {}
    }

    expect(problemsOf(chat(Chat))).to.be.empty;
  });
});
