import { expect } from 'chai';
import { Service } from 'moleculer';
import { Method } from 'moleculer-decorators';
import { OnConnect, SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { ask, connect, newBroker, start } from '../support/run-gateway';

const settings = { port: 0 };

describe('methods of a gateway', () => {
  it('may be objects, in options and mixins, and belong to their own service in every broker', async () => {
    @SocketNamespace('/x', {
      settings,
      methods: {
        helper: {
          async handler(this: Service, text: string) {
            return `${this.broker.nodeID} ${text}`;
          },
        },
      } as never,
      mixins: [{ methods: { mixed: { handler: () => 'mixed' } } } as never],
    })
    class ChatGateway extends SocketGateway {
      declare helper: (text: string) => Promise<string>;
      declare mixed: () => string;
      @SocketEvent()
      async send() {
        return [await this.helper('helped'), this.mixed()];
      }
    }
    const [one, two] = [
      await start(ChatGateway, { nodeID: 'one' }),
      await start(ChatGateway, { nodeID: 'two' }),
    ];
    for (const [running, nodeID] of [
      [one, 'one'],
      [two, 'two'],
    ] as const) {
      expect((await ask(await connect(running), 'send')).result).to.deep.equal([`${nodeID} helped`, 'mixed']);
    }
  });

  it('are wrapped by the middleware hook localMethod, wherever they were written', async () => {
    const calls: string[] = [];
    const middleware = {
      localMethod(
        next: (...args: unknown[]) => unknown,
        method: { name: string; service: Service; wrapped?: boolean },
      ) {
        return (...args: unknown[]) => {
          if (method.name.endsWith('Helper') || method.wrapped)
            calls.push(`${method.service.fullName}.${method.name}(${args.join()})`);
          return next(...args);
        };
      },
    };
    @SocketNamespace('/x', {
      settings,
      hooks: { before: { send: 'hookHelper' } },
      methods: { object: { wrapped: true, handler: (text: string) => text }, optionHelper: () => 1 } as never,
      mixins: [{ methods: { mixinHelper: () => 2 } } as never],
    })
    class ChatGateway extends SocketGateway {
      declare object: (text: string) => string;
      declare optionHelper: () => number;
      declare mixinHelper: () => number;
      classHelper(n: number) {
        return n;
      }
      hookHelper() {}
      @Method
      decoratedHelper() {
        return 4;
      }
      @SocketEvent()
      send() {
        return [
          this.object('a'),
          this.optionHelper(),
          this.mixinHelper(),
          this.classHelper(3),
          this.decoratedHelper(),
        ];
      }
    }
    const client = await connect(await start(ChatGateway, { middlewares: [middleware as never] }));
    expect((await ask(client, 'send')).result).to.deep.equal(['a', 1, 2, 3, 4]);
    expect(calls.map((call) => call.replace(/\(\[object.*/, '(ctx)'))).to.deep.equal([
      'chat.hookHelper(ctx)',
      'chat.object(a)',
      'chat.optionHelper()',
      'chat.mixinHelper()',
      'chat.classHelper(3)',
      'chat.decoratedHelper()',
    ]);
  });

  it('may call those of the class above with super, and keep fields that are private', async () => {
    class Base extends SocketGateway {
      format(text: string) {
        return `<${text}>`;
      }
    }
    @SocketNamespace('/x', { settings })
    class ChatGateway extends Base {
      #count = 0;
      override format(text: string) {
        return super.format(`${text} ${++this.#count}`);
      }
      get total() {
        return this.#count;
      }
      static shout(text: string) {
        return text.toUpperCase();
      }
      @SocketEvent()
      send() {
        return [this.format('a'), this.format('b'), this.total, ChatGateway.shout('c')];
      }
    }
    const { result } = await ask(await connect(await start(ChatGateway)), 'send');
    expect(result).to.deep.equal(['<a 1>', '<b 2>', 2, 'C']);
  });

  it('that answer events may call each other', async () => {
    @SocketNamespace('/x', { settings })
    class ChatGateway extends SocketGateway {
      @OnConnect()
      greet() {
        return this.name;
      }
      @SocketEvent()
      one(ctx: SocketContext) {
        return [ctx.event, this.two(ctx), this.greet()];
      }
      @SocketEvent()
      two(ctx: SocketContext) {
        return `two for ${ctx.event}`;
      }
    }
    const client = await connect(await start(ChatGateway));
    expect((await ask(client, 'one')).result).to.deep.equal(['one', 'two for one', 'chat']);
  });

  it('may be replaced in a modification, as in a test', async () => {
    @SocketNamespace('/x', { settings })
    class ChatGateway extends SocketGateway {
      now() {
        return Date.now();
      }
      @SocketEvent()
      send() {
        return this.now();
      }
    }
    const broker = newBroker([]);
    const service = broker.createService(ChatGateway as never, { methods: { now: () => 7 } } as never);
    expect(await (service as unknown as ChatGateway).actions['send']!()).to.equal(7);
  });
});
