import { expect } from 'chai';
import { Context } from 'moleculer';
import { Event } from 'moleculer-decorators';
import {
  type ActionProxy,
  Ctx,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ask, connect, start, type Client, type Running } from '../support/run-gateway';

const settings = { port: 0 };

const math = { name: 'math', actions: { add: (ctx: any) => Number(ctx.params.a) + Number(ctx.params.b) } };

@SocketNamespace('/x', {
  settings,
  hooks: { before: { '*': (ctx: any) => void (ctx.locals.hooked = true) } },
})
class ChatGateway extends SocketGateway {
  @SocketEvent('message', { secured: true } as never)
  send(@MessageBody({ unchecked: true }) body: unknown, @Ctx() ctx: SocketContext) {
    return [body, ctx.params, ctx.locals];
  }
  @SocketEvent()
  async add(ctx: SocketContext) {
    return ctx.call('math.add', ctx.params as object);
  }
  @SocketEvent('call', { whitelist: ['math.*'] })
  call!: ActionProxy;
  @SocketEvent()
  async tell(ctx: SocketContext) {
    await ctx.emit('told', { by: 'emit' });
    await ctx.broadcast('told', { by: 'broadcast' });
  }
  @Event()
  told() {}
}

describe("Moleculer's middlewares around a gateway", () => {
  let seen: any[];
  let running: Running;
  let client: Client;
  beforeEach(() => {
    seen = [];
  });

  async function serve(...middlewares: any[]): Promise<void> {
    running = await start([ChatGateway, math], { middlewares });
    client = await connect(running);
  }

  describe('localAction', () => {
    it('run whatever they are called, where Moleculer measures actions itself', async () => {
      const Metrics = {
        name: 'Metrics',
        localAction: (next: (ctx: Context) => unknown, action: { name: string }) => (ctx: Context) => {
          seen.push(action.name);
          return next(ctx);
        },
      };
      running = await start([ChatGateway, math], { middlewares: [Metrics], metrics: true } as object);
      client = await connect(running);
      seen.length = 0;
      expect((await ask(client, 'add', { a: 1, b: 2 })).result).to.equal(3);
      expect(seen).to.deep.equal(['chat.add', 'math.add']);
    });

    it('wraps handlers of events, which it finds by their options, and gets the context of the socket', async () => {
      await serve({
        localAction(next: any, action: any) {
          if (!action.secured) return next;
          return async (ctx: any) => {
            seen.push([
              ctx instanceof Context,
              ctx.socket.id === client.id,
              ctx.event,
              ctx.namespace,
              ctx.args,
              ctx.action.name,
              ctx.service.name,
              ctx.locals.hooked,
            ]);
            ctx.params = { replaced: 1 };
            ctx.locals.wrapped = true;
            return { result: await next(ctx) };
          };
        },
      });
      expect((await ask(client, 'message', { a: 1 }, 2)).result).to.deep.equal({
        result: [{ replaced: 1 }, { replaced: 1 }, { wrapped: true, hooked: true }],
      });
      expect(seen).to.deep.equal([[true, true, 'message', '/x', [{ a: 1 }, 2], 'chat.send', 'chat', true]]);
    });

    it('may answer, refuse, and replace an error', async () => {
      let answer: (ctx: any, next: any) => unknown;
      await serve({
        localAction: (next: any, action: any) => (action.secured ? (ctx: any) => answer(ctx, next) : next),
      });
      answer = () => Promise.resolve('short');
      expect((await ask(client, 'message')).result).to.equal('short');
      answer = () => Promise.reject(Object.assign(new Error('secret'), { code: 418 }));
      expect((await ask(client, 'message')).error).to.include({ name: 'InternalServerError', code: 500 });
      answer = (ctx) => {
        ctx.meta.user = { name: 'middleware' };
        return undefined;
      };
      expect((await ask(client, 'message')).result).to.equal(null);
      expect(running.gateway.io.of('/x').sockets.get(client.id!)!.data.user).to.deep.equal({
        name: 'middleware',
      });
      answer = () => {
        throw new Error('thrown at once');
      };
      expect((await ask(client, 'message')).error).to.include({ code: 500 });
    });

    it('is asked once for each action when the service is created, not once for each event', async () => {
      await serve({ localAction: (next: any, action: any) => (seen.push(action.name), next) });
      const created = seen.length;
      expect(seen.filter((name) => name === 'chat.send')).to.have.length(1);
      for (let i = 0; i < 3; i++) await ask(client, 'message');
      expect(seen).to.have.length(created);
    });
  });

  it('errorHandler of the broker is told of failing handlers, and may answer', async () => {
    @SocketNamespace('/x', { settings })
    class FailingGateway extends SocketGateway {
      @SocketEvent()
      fail(@MessageBody() how: string) {
        throw new Error(how);
      }
    }
    running = await start(FailingGateway, {
      errorHandler(error: any, info: any) {
        seen.push([error.message, info.action?.name, info.ctx?.event, info.service?.name]);
        if (error.message === 'mend') return 'mended';
        throw error;
      },
    });
    client = await connect(running);
    expect((await ask(client, 'fail', 'mend')).result).to.equal('mended');
    expect((await ask(client, 'fail', 'pass')).error).to.include({ code: 500 });
    expect(seen).to.deep.equal(['mend', 'pass'].map((how) => [how, 'failing.fail', 'fail', 'failing']));
  });

  it('call and remoteAction see what handlers and proxies call', async () => {
    await serve({
      call(next: any) {
        return (action: any, params: any, options: any) => {
          // A proxy hands over the endpoint that it has found.
          const name = typeof action === 'string' ? action : action.action.name;
          if (name === 'math.add')
            seen.push([name, params, options.parentCtx?.socket?.id ?? options.ctx?.socket?.id]);
          return next.call(running.broker, action, params, options);
        };
      },
    });
    const params = { a: 1, b: 2 };
    expect((await ask(client, 'add', params)).result).to.equal(3);
    expect((await ask(client, 'call', 'math.add', params)).result).to.equal(3);
    expect(seen).to.deep.equal([
      ['math.add', params, client.id],
      ['math.add', params, client.id],
    ]);
  });

  it('emit, broadcast and localEvent see the events of a gateway', async () => {
    await serve({
      emit:
        (next: any) =>
        (name: string, ...rest: unknown[]) => {
          if (name === 'told') seen.push('emit');
          return next(name, ...rest);
        },
      broadcast:
        (next: any) =>
        (name: string, ...rest: unknown[]) => {
          if (name === 'told') seen.push('broadcast');
          return next(name, ...rest);
        },
      localEvent: (next: any, event: any) => async (ctx: any) => {
        if (event.name === 'told')
          seen.push([event.name, ctx.params.by, ctx.service.name, ctx.meta.$socketId === client.id]);
        await next(ctx);
      },
    });
    await ask(client, 'tell');
    expect(seen).to.deep.equal([
      'emit',
      ['told', 'emit', 'chat', true],
      'broadcast',
      ['told', 'broadcast', 'chat', true],
    ]);
  });

  it('see every turn of the life of a gateway, in their order', async () => {
    const turns = [
      'serviceCreating',
      'serviceCreated',
      'serviceStarting',
      'serviceStarted',
      'serviceStopping',
      'serviceStopped',
    ];
    await serve(
      Object.fromEntries(
        turns.map((turn) => [
          turn,
          (service: any, schema: any) => {
            if (service.name === 'chat' || schema?.name === 'chat')
              seen.push([turn, Boolean(service.io), service.namespaces?.size ?? 0]);
          },
        ]),
      ),
    );
    await running.broker.stop();
    expect(seen).to.deep.equal([
      ['serviceCreating', false, 0],
      ['serviceCreated', false, 0],
      ['serviceStarting', false, 0],
      ['serviceStarted', true, 1],
      ['serviceStopping', true, 1],
      ['serviceStopped', false, 0],
    ]);
  });

  it('may change the schema of a gateway while it is created', async () => {
    await serve({
      serviceCreating(_service: unknown, schema: any) {
        if (schema.name !== 'chat') return;
        schema.settings.added = 1;
        schema.actions.extra = () => 'extra';
        const { handler } = schema.actions.send;
        schema.actions.send.handler = function (ctx: any) {
          return ['around', handler.call(this, ctx)[0]];
        };
      },
    });
    expect(running.gateway.settings).to.include({ added: 1 });
    expect(await running.broker.call('chat.extra')).to.equal('extra');
    expect((await ask(client, 'message', 'a')).result).to.deep.equal(['around', 'a']);
  });

  it('may take an action away, and then say which at the start', async () => {
    const serviceCreating = (_service: unknown, schema: any) => {
      if (schema.name === 'chat') delete schema.actions.send;
    };
    let error: unknown;
    await start(ChatGateway, { middlewares: [{ serviceCreating }] }).catch(
      (thrown: unknown) => (error = thrown),
    );
    expect(error).to.have.property(
      'message',
      'ChatGateway.send: a mixin or modification removed the action; keep it',
    );
  });

  it('may give the broker contexts of its own class, and handlers get them', async () => {
    class OwnContext extends Context {
      shout() {
        return String(this.params).toUpperCase();
      }
    }
    @SocketNamespace('/x', { settings })
    class ShoutGateway extends SocketGateway {
      @SocketEvent()
      shout(ctx: any) {
        return [ctx.shout(), ctx.event, ctx instanceof OwnContext];
      }
    }
    running = await start(ShoutGateway, { ContextFactory: OwnContext as never });
    expect((await ask(await connect(running), 'shout', 'hey')).result).to.deep.equal(['HEY', 'shout', true]);
  });
});
