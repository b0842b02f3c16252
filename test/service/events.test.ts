import { expect } from 'chai';
import type { Context } from 'moleculer';
import { Event } from 'moleculer-decorators';
import { SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { ask, connect, newBroker, next, start } from '../support/run-gateway';
import { rejection } from './rejection';

const settings = { port: 0 };

describe("Moleculer's events in a gateway", () => {
  let heard: unknown[];
  beforeEach(() => {
    heard = [];
  });
  const hear = (name: string) =>
    function (this: SocketGateway, ctx: Context<any>) {
      heard.push([name, ctx.eventName, ctx.params, this.name]);
    };

  it('are heard by options, mixins and @Event, by name and by patterns', async () => {
    @SocketNamespace('/x', {
      settings,
      events: {
        'order.*': hear('options'),
        'user.created': { group: 'other', handler: hear('group') },
      },
      mixins: [{ events: { 'order.**': hear('mixin') } }],
    })
    class ChatGateway extends SocketGateway {
      @Event({ name: 'order.pai?' })
      paid(ctx: Context<any>) {
        hear('decorator').call(this, ctx);
      }
    }
    const { broker } = await start(ChatGateway);
    await broker.broadcastLocal('order.paid', 1);
    await broker.broadcastLocal('order.item.added', 2);
    await broker.emit('user.created', 3, ['other']);
    await broker.emit('user.created', 4, ['chat']);
    expect(heard).to.have.deep.members([
      ['options', 'order.paid', 1, 'chat'],
      ['mixin', 'order.paid', 1, 'chat'],
      ['decorator', 'order.paid', 1, 'chat'],
      ['mixin', 'order.item.added', 2, 'chat'],
      ['group', 'user.created', 3, 'chat'],
    ]);
  });

  it('are balanced within a group, and reach all where they are broadcast', async () => {
    @SocketNamespace('/x', { settings, events: { tick: hear('chat') } })
    class ChatGateway extends SocketGateway {}
    @SocketNamespace('/y', {
      settings,
      events: { tick: { group: 'chat', handler: hear('same group') } },
    })
    class OtherGateway extends SocketGateway {}
    @SocketNamespace('/z', { settings, events: { tick: hear('own group') } })
    class ThirdGateway extends SocketGateway {}
    const { broker } = await start([ChatGateway, OtherGateway, ThirdGateway]);
    const names = () =>
      heard
        .splice(0)
        .map(([name]: any) => name)
        .sort();
    await broker.emit('tick', {});
    const first = names();
    await broker.emit('tick', {});
    const second = names();
    expect([...first, ...second].sort()).to.deep.equal(['chat', 'own group', 'own group', 'same group']);
    await broker.broadcast('tick', {});
    expect(names()).to.deep.equal(['chat', 'own group', 'same group']);
  });

  it('have their params checked, and a failing handler ends nothing', async () => {
    const failures: string[] = [];
    @SocketNamespace('/x', {
      settings,
      events: {
        checked: { params: { id: 'number' }, handler: hear('checked') },
        failing: () => Promise.reject(new Error('broken')),
      },
    })
    class ChatGateway extends SocketGateway {
      @SocketEvent()
      ping() {
        return 'pong';
      }
    }
    const running = await start(ChatGateway, {
      middlewares: [
        {
          localEvent: (go: any) => (ctx: any) =>
            go(ctx).catch((error: Error) => {
              failures.push(error.message);
            }),
        },
      ],
    });
    for (const params of [{ id: 1 }, { id: 'one' }]) await running.broker.broadcastLocal('checked', params);
    await running.broker.broadcastLocal('failing', {});
    expect(heard).to.deep.equal([['checked', 'checked', { id: 1 }, 'chat']]);
    expect(failures).to.deep.equal(['broken']);
    expect((await ask(await connect(running), 'ping')).result).to.equal('pong');
  });

  it('have the context of the handler that emitted them, and reach clients from there', async () => {
    @SocketNamespace('/x', { settings })
    class ChatGateway extends SocketGateway {
      @SocketEvent()
      async order(ctx: SocketContext) {
        ctx.meta['added'] = 1;
        await ctx.emit('ordered', { id: 5 }, { groups: ['chat'] });
        return [ctx.requestID, ctx.id];
      }
      @Event()
      ordered(ctx: any) {
        heard.push([ctx.requestID, ctx.parentID, ctx.level, ctx.caller, ctx.meta.$socketId, ctx.meta.added]);
        this.io.of('/x').emit('ordered', ctx.params);
      }
    }
    const client = await connect(await start(ChatGateway));
    const pushed = next(client, 'ordered');
    const { result } = await ask(client, 'order');
    expect(await pushed).to.deep.equal([{ id: 5 }]);
    expect(heard).to.deep.equal([[...result, 2, 'chat', client.id, 1]]);
  });

  it('of Moleculer itself are heard too', async () => {
    @SocketNamespace('/x', {
      settings,
      events: {
        '$node.connected': (ctx: any) => void heard.push(ctx.params.node.id),
        '$services.changed': () => void heard.push('services'),
        '$broker.started': () => void heard.push('started'),
      },
    })
    class ChatGateway extends SocketGateway {}
    const near = newBroker(ChatGateway, { nodeID: 'near', transporter: 'Fake', namespace: 'events' });
    const far = newBroker([{ name: 'far' }], { nodeID: 'far', transporter: 'Fake', namespace: 'events' });
    await Promise.all([near.start(), far.start()]);
    await near.waitForServices('far', 2000, 5);
    expect(heard).to.include.members(['far', 'services', 'started']);
  });

  it('can be called in a test, as those of any service', async () => {
    @SocketNamespace('/x', { settings, events: { tick: hear('tick') } })
    class ChatGateway extends SocketGateway {}
    const { gateway } = await start(ChatGateway);
    await gateway.emitLocalEventHandler('tick', { n: 1 });
    expect(heard).to.deep.equal([['tick', 'tick', { n: 1 }, 'chat']]);
    expect((await rejection(gateway.emitLocalEventHandler('no.such') as Promise<unknown>)).type).to.equal(
      'NOT_FOUND_EVENT',
    );
  });
});
