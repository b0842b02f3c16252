import { expect } from 'chai';
import type { Context, ServiceSchema } from 'moleculer';
import {
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type ActionProxyOptions,
  type SocketContext,
} from '../../src';
import { problemsOf } from '../compiler/problems-of';
import { cpuTimeOf } from '../support/cpu-time';
import { ask, connect, newClient, refused, start, type Client } from '../support/run-in-memory';

const settings = { port: 0 };
const answer = (ctx: Context) => ctx.action?.name;

const users: ServiceSchema = {
  name: 'users',
  actions: { public: answer, nonpublic: answer, 'admin.public': answer, list: answer },
};

async function proxied(options: ActionProxyOptions): Promise<Client> {
  @SocketNamespace('/x', { name: 'gateway', settings })
  class ProxyGateway extends SocketGateway {
    @SocketEvent({ whitelist: ['**'], multi: true, ...options })
    call!: ActionProxy;
  }
  return connect(await start([ProxyGateway, users]));
}

/** Which actions of `users` a client may call. */
async function opened(client: Client): Promise<string[]> {
  const names = Object.keys(users.actions ?? {});
  const answers = await Promise.all(names.map((name) => ask(client, 'call', `users.${name}`)));
  return names.filter((_name, at) => answers[at]?.error === null);
}

describe('patterns', () => {
  const OPENED: [ActionProxyOptions, string[]][] = [
    [{ whitelist: ['**.public'] }, ['public', 'admin.public']],
    [{ whitelist: ['*.public'] }, ['public']],
    [{ whitelist: ['users.*'] }, ['public', 'nonpublic', 'list']],
    [{ whitelist: ['users.**'] }, ['public', 'nonpublic', 'admin.public', 'list']],
    [{ whitelist: ['users*'] }, []],
    [{ whitelist: ['users?list'] }, []],
    [{ whitelist: ['users.l?st', '*rs.*.public'] }, ['admin.public', 'list']],
    [{ blacklist: ['**.public'] }, ['nonpublic', 'list']],
    [{ blacklist: ['*.*c'] }, ['admin.public', 'list']],
    [{ blacklist: ['users?public'] }, ['public', 'nonpublic', 'admin.public', 'list']],
  ];
  for (const [options, expected] of OPENED) {
    it(`of a proxy mean what they say: ${JSON.stringify(options)}`, async () => {
      expect(await opened(await proxied(options))).to.deep.equal(expected);
    });
  }

  it('of autoExpose mean the same', async () => {
    const exposed: ServiceSchema = {
      name: 'exposed',
      actions: {
        public: { socket: 'one', handler: answer },
        nonpublic: { socket: 'two', handler: answer },
        'a.public': { socket: 'three', handler: answer },
      },
    };
    @SocketNamespace('/x', { settings, autoExpose: ['**.public'] })
    class ExposingGateway extends SocketGateway {}
    const client = await connect(await start([ExposingGateway, exposed]));
    const codes = [];
    for (const event of ['one', 'two', 'three']) codes.push((await ask(client, event)).error?.code);
    expect(codes).to.deep.equal([undefined, 404, undefined]);
  });

  it('of hooks mean the same, for events that are declared and for others', async () => {
    const seen: string[] = [];
    @SocketNamespace('/x', { settings })
    class HookedGateway extends SocketGateway {
      @OnBeforeCall('order.*|**.public')
      some(ctx: SocketContext) {
        seen.push(`some ${ctx.event}`);
      }
      @OnBeforeCall(['pay?', 'order*'])
      others(ctx: SocketContext) {
        seen.push(`others ${ctx.event}`);
      }
      @SocketEvent(['order.paid', 'order.paid.late', 'a.nonpublic'])
      declared() {
        return 1;
      }
      @SocketEvent('*')
      any() {
        return 1;
      }
    }
    const client = await connect(await start(HookedGateway));
    for (const event of [
      'order.paid',
      'order.paid.late',
      'a.nonpublic',
      'a.b.public',
      'payX',
      'pay.',
      'orders',
    ])
      await ask(client, event);
    expect(seen).to.deep.equal(['some order.paid', 'some a.b.public', 'others payX', 'others orders']);
  });
});

describe('names over 256 characters', () => {
  /** As an action, an alias, or a pattern might take it. */
  const long = `users.${'l'.repeat(251)}`;
  const notFound = {
    name: 'ServiceNotFoundError',
    message: `Service '${long.slice(0, 100)}' is not found.`,
    code: 404,
    type: 'SERVICE_NOT_FOUND',
    data: { action: long.slice(0, 100) },
  };

  /** An expression that counts what it is asked. */
  class CountingExpression extends RegExp {
    static asked: string[] = [];
    override exec(text: string): RegExpExecArray | null {
      CountingExpression.asked.push(text);
      return super.exec(text);
    }
  }

  it('of actions are answered 404 and matched by nothing', async () => {
    let asked = 0;
    const client = await proxied({
      blacklist: [/^(a+)+$/],
      callOptions: () => {
        asked++;
        return {};
      },
    });
    expect(long).to.have.length(257);
    // This would take the expression longer than anybody can wait.
    const evil = `${'a'.repeat(300)}b`;
    expect((await ask(client, 'call', evil)).error).to.include({ code: 404, name: 'ServiceNotFoundError' });
    expect((await ask(client, 'call', long)).error).to.deep.equal(notFound);
    const { result } = await ask(client, 'call', [{ action: long }], { settled: true });
    expect(result[0].reason).to.deep.equal(notFound);
    expect(asked).to.equal(0);
  });

  it('of actions answer at once, however long they are', async () => {
    const client = await proxied({ blacklist: ['users.*secret*', '*a*a*a*a*a*a*a*a*b'] });
    const asking = async (): Promise<void> => {
      for (const name of [`users.${'secre'.repeat(25_000)}`, 'a'.repeat(120_000), 'a'.repeat(256)])
        expect((await ask(client, 'call', name)).error).to.include({ code: 404 });
    };
    expect(await cpuTimeOf(asking)).to.be.lessThan(2000);
  });

  it('of events are answered 404, by a catch-all and a listener of the application, too', async () => {
    const handled: string[] = [];
    @SocketNamespace('/x', { settings })
    class CatchAllGateway extends SocketGateway {
      @SocketEvent('*')
      any(ctx: SocketContext) {
        handled.push(ctx.event);
        return ctx.event.length;
      }
    }
    const running = await start(CatchAllGateway);
    running.gateway.io.of('/x').on('connection', (socket) => {
      socket.on('e'.repeat(257), () => handled.push('listener'));
    });
    const client = await connect(running);
    expect((await ask(client, 'e'.repeat(256))).result).to.equal(256);
    for (const length of [257, 10_000]) {
      expect((await ask(client, 'e'.repeat(length))).error).to.deep.equal({
        name: 'NotFoundError',
        message: 'Not found',
        code: 404,
        type: 'EVENT_NOT_FOUND',
        data: { event: 'e'.repeat(100) },
      });
    }
    expect(handled).to.deep.equal(['e'.repeat(256)]);
  });

  it('of namespaces are in none, and no expression sees them', async () => {
    CountingExpression.asked = [];
    @SocketNamespace([new CountingExpression('^/[a-z]+$'), '/tenants/:id'], { settings })
    class DynamicGateway extends SocketGateway {}
    const running = await start(DynamicGateway);
    await connect(running, `/${'a'.repeat(255)}`);
    for (const name of [`/${'a'.repeat(256)}`, `/tenants/${'a'.repeat(250)}`])
      expect((await refused(newClient(running, name))).message).to.equal('Invalid namespace');
    expect(CountingExpression.asked).not.to.deep.equal([]);
    for (const name of CountingExpression.asked) expect(name.length).to.be.at.most(256);
  });

  it('are not declared: nothing could send them', () => {
    @SocketNamespace('/x')
    class LongGateway extends SocketGateway {
      @SocketEvent('e'.repeat(257))
      event() {
        return 1;
      }
      @SocketEvent({ whitelist: ['a.*'], aliases: { ['e'.repeat(300)]: 'a.b', ['e'.repeat(256)]: 'a.b' } })
      call!: ActionProxy;
    }
    expect(problemsOf(LongGateway)).to.deep.equal([
      'LongGateway.event: the name of its event has 257 characters; write at most 256',
      "LongGateway.call: the alias of 'a.b' has 300 characters; write at most 256",
    ]);
  });

  it('are no events of SocketIOService either', async () => {
    const io = {
      name: 'io',
      mixins: [SocketIOService],
      settings: { io: { namespaces: { '/': { events: { ['e'.repeat(257)]: {} } } } } },
    };
    let message = '';
    await start(io as ServiceSchema).catch((error: unknown) => (message = String(error)));
    expect(message).to.include('the name has 257 characters; write at most 256');
  });
});
