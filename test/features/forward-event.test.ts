import { expect } from 'chai';
import { IsInt } from 'class-validator';
import type { Context, ServiceBroker, ServiceSchema } from 'moleculer';
import { Event, Service } from 'moleculer-decorators';
import {
  Ctx,
  DeclarationError,
  ForwardEvent,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import {
  afterwards,
  ask,
  CollectingLogger,
  connect,
  newBroker,
  signal,
  start,
  type Client,
  type Options,
  type Registered,
} from '../support/run-gateway';

const settings = { port: 0 };

interface Order {
  id: number;
  userID?: number;
}

/** What all gateways here have beside what is tested. */
abstract class BaseGateway extends SocketGateway {
  @SocketEvent('$join')
  async $join(ctx: SocketContext<string[]>) {
    await ctx.socket.join(ctx.params);
  }
  /** Answered after everything that was sent before. */
  @SocketEvent('$fence')
  $fence() {
    return null;
  }
}

/** A client in some rooms, and what it has received. */
class Member {
  private readonly all: unknown[][] = [];

  private constructor(readonly client: Client) {
    client.onAny((...args: unknown[]) => this.all.push(args));
  }

  static async join(url: { url: string }, rooms: string[] = [], namespace = '/x'): Promise<Member> {
    const member = new Member(await connect(url, namespace));
    await ask(member.client, '$join', rooms);
    return member;
  }

  /** All that was received up to now. */
  async received(): Promise<unknown[][]> {
    await ask(this.client, '$fence');
    return this.all;
  }
}

async function receivedBy(...members: Member[]): Promise<unknown[][][]> {
  return Promise.all(members.map((member) => member.received()));
}

describe('@ForwardEvent', () => {
  describe('sends what the method gives', () => {
    let calls: unknown[];
    let result: unknown;
    beforeEach(() => {
      calls = [];
      result = { sent: true };
    });

    @SocketNamespace('/x', { name: 'shop', settings })
    class ShopGateway extends BaseGateway {
      @ForwardEvent('order.updated')
      updated(ctx: Context<Order>) {
        calls.push([this.name, ctx.eventName, ctx.params]);
        return result;
      }
    }

    it('to everybody in the namespace, under the name of the event', async () => {
      const running = await start(ShopGateway);
      const members = [await Member.join(running), await Member.join(running, ['a'])];
      await running.broker.emit('order.updated', { id: 7 });
      const expected = [['order.updated', { sent: true }]];
      expect(await receivedBy(...members)).to.deep.equal([expected, expected]);
      expect(calls).to.deep.equal([['shop', 'order.updated', { id: 7 }]]);
    });

    for (const kind of ['emit', 'broadcast', 'broadcastLocal'] as const) {
      it(`once, where the event was sent with ${kind}, by the broker or by a context, to groups or to all`, async () => {
        const sender: ServiceSchema = {
          name: 'sender',
          actions: {
            send: (ctx: Context) =>
              kind === 'broadcastLocal'
                ? ctx.broker.broadcastLocal('order.updated', { id: 1 })
                : ctx[kind]('order.updated', { id: 1 }),
          },
        };
        const running = await start([ShopGateway, sender]);
        const member = await Member.join(running);
        await running.broker[kind]('order.updated', { id: 1 });
        await running.broker.call('sender.send');
        await running.broker[kind]('order.updated', { id: 1 }, { groups: ['shop'] });
        await running.broker[kind]('order.updated', { id: 1 }, ['others', 'shop'] as never);
        await running.broker[kind]('order.updated', { id: 1 }, { groups: ['others'] });
        expect(await member.received()).to.have.length(4);
      });
    }

    it('of any kind: falsy values, null, arrays, binary', async () => {
      const running = await start(ShopGateway);
      const member = await Member.join(running);
      const values = [0, '', false, null, [1, 2], { bytes: Buffer.from([1, 2]) }];
      for (const value of values) {
        result = value;
        await running.broker.emit('order.updated');
      }
      expect((await member.received()).map(([, payload]) => payload)).to.deep.equal(values);
    });

    it('nothing where it gives undefined, at once or later', async () => {
      const running = await start(ShopGateway);
      const member = await Member.join(running);
      for (const nothing of [undefined, Promise.resolve(undefined)]) {
        result = nothing;
        await running.broker.emit('order.updated');
      }
      expect(calls).to.have.length(2);
      expect(await member.received()).to.deep.equal([]);
    });

    it('when it is there, where the method is async', async () => {
      const running = await start(ShopGateway);
      const member = await Member.join(running);
      const later = signal<string>();
      result = later;
      const emitted = running.broker.emit('order.updated');
      expect(await member.received()).to.deep.equal([]);
      later.fire('late');
      await emitted;
      expect(await member.received()).to.deep.equal([['order.updated', 'late']]);
    });

    it('in the order of the events', async () => {
      const running = await start(ShopGateway);
      const member = await Member.join(running);
      for (let number = 0; number < 50; number++) {
        result = number;
        void running.broker[number % 2 ? 'emit' : 'broadcast']('order.updated');
      }
      expect((await member.received()).map(([, payload]) => payload)).to.deep.equal(
        Array.from({ length: 50 }, (_, at) => at),
      );
    });

    it('to nobody, where nobody is there', async () => {
      const logger = new CollectingLogger('warn');
      const { broker } = await start(ShopGateway, { logger });
      await broker.emit('order.updated');
      expect(calls).to.have.length(1);
      expect(logger.lines).to.deep.equal([]);
    });
  });

  describe('options', () => {
    interface Wanted {
      id: number;
      as?: string;
      rooms?: string | string[];
      except?: string | string[];
      namespace?: string | string[];
    }

    @SocketNamespace(['/x', '/y'], { name: 'shop', settings })
    class ShopGateway extends BaseGateway {
      @ForwardEvent('fixed', { as: 'renamed', rooms: ['a', 'b'], except: 'quiet', namespace: '/x' })
      fixed(ctx: Context<Wanted>) {
        return ctx.params.id;
      }
      @ForwardEvent<Wanted>('chosen', {
        as(ctx) {
          return `${this.name}.${ctx.params.as ?? 'chosen'}`;
        },
        rooms: (ctx) => ctx.params.rooms ?? [],
        except: (ctx) => ctx.params.except,
        namespace: (ctx) => ctx.params.namespace ?? ['/x', '/y', '/x'],
      })
      chosen(ctx: Context<Wanted>) {
        return ctx.params.id;
      }
      @ForwardEvent<Wanted>('later', {
        as: async (ctx) => ctx.params.as!,
        rooms: async (ctx) => ctx.params.rooms,
        namespace: async () => '/x',
      })
      later(ctx: Context<Wanted>) {
        return ctx.params.id;
      }
      @ForwardEvent('twice', { as: 'one', rooms: 'a' })
      @ForwardEvent('twice', { as: 'two', rooms: 'b' })
      @ForwardEvent(['many', 'names'])
      several() {
        return 1;
      }
    }

    it('as, rooms, except and namespace are values', async () => {
      const running = await start(ShopGateway);
      const members = [
        await Member.join(running, ['a']),
        await Member.join(running, ['a', 'b']),
        await Member.join(running, ['b', 'quiet']),
        await Member.join(running, ['c']),
        await Member.join(running, ['a'], '/y'),
      ];
      await running.broker.emit('fixed', { id: 1 });
      const expected = [['renamed', 1]];
      expect(await receivedBy(...members)).to.deep.equal([expected, expected, [], [], []]);
    });

    it('or functions of the context, called on the service', async () => {
      const running = await start(ShopGateway);
      const [one, two] = [await Member.join(running, ['a']), await Member.join(running, ['a', 'b'], '/y')];
      const { broker } = running;
      await broker.emit('chosen', { id: 1, rooms: 'a' });
      await broker.emit('chosen', { id: 2, rooms: ['b', 'a'], as: 'other' });
      await broker.emit('chosen', { id: 3, rooms: 'a', except: ['b'] });
      await broker.emit('chosen', { id: 4, rooms: 'a', namespace: '/y' });
      expect(await receivedBy(one, two)).to.deep.equal([
        [
          ['shop.chosen', 1],
          ['shop.other', 2],
          ['shop.chosen', 3],
        ],
        [
          ['shop.chosen', 1],
          ['shop.other', 2],
          ['shop.chosen', 4],
        ],
      ]);
    });

    it('or async functions', async () => {
      const running = await start(ShopGateway);
      const [one, two] = [await Member.join(running, ['a']), await Member.join(running, ['a'], '/y')];
      await running.broker.emit('later', { id: 1, as: 'x', rooms: 'a' });
      await running.broker.emit('later', { id: 2, as: 'x' });
      expect(await receivedBy(one, two)).to.deep.equal([[['x', 1]], []]);
    });

    it('several stand on one method, and one takes several events', async () => {
      const running = await start(ShopGateway);
      const [one, two] = [await Member.join(running, ['a']), await Member.join(running, ['b'])];
      for (const event of ['twice', 'many', 'names']) await running.broker.emit(event);
      expect(await receivedBy(one, two)).to.deep.equal([
        [
          ['one', 1],
          ['many', 1],
          ['names', 1],
        ],
        [
          ['two', 1],
          ['many', 1],
          ['names', 1],
        ],
      ]);
    });

    it('a mistake in rooms or namespace reaches nobody', async () => {
      let given: unknown;
      @SocketNamespace('/x', { settings })
      class CarelessGateway extends BaseGateway {
        @ForwardEvent('rooms', { rooms: () => given as string })
        rooms() {
          return 'a secret';
        }
        @ForwardEvent('namespace', { namespace: () => given as string })
        namespace() {
          return 'a secret';
        }
      }
      const logger = new CollectingLogger('error');
      const running = await start(CarelessGateway, { logger });
      const members = [await Member.join(running), await Member.join(running, ['undefined', '7'])];
      for (given of [undefined, null, [], Promise.resolve([])]) {
        for (const event of ['rooms', 'namespace']) await running.broker.emit(event);
      }
      expect(logger.lines).to.deep.equal([]);
      for (given of [7, [undefined], ['a', null], {}, true, Promise.resolve(7)]) {
        for (const event of ['rooms', 'namespace']) await running.broker.emit(event);
      }
      expect(await receivedBy(...members)).to.deep.equal([[], []]);
      expect(logger.lines).to.have.length(12);
      const texts = logger.lines.map(({ text }) => /CarelessGateway.*$/m.exec(text)?.[0]);
      expect(texts[0]).to.equal(
        "CarelessGateway.rooms, forwarding 'rooms': rooms must give strings, and gave number; nothing was sent",
      );
      expect(texts[5]).to.equal(
        "CarelessGateway.namespace, forwarding 'namespace': namespace must give strings, and gave string, object; nothing was sent",
      );
    });

    it('a namespace that is none of the gateway reaches nobody, and says so', async () => {
      const logger = new CollectingLogger('error');
      const running = await start(ShopGateway, { logger });
      const member = await Member.join(running, ['a']);
      await running.broker.emit('chosen', { id: 1, rooms: 'a', namespace: ['/x', '/other'] });
      expect(await member.received()).to.deep.equal([]);
      expect(logger.lines).to.have.length(1);
      expect(logger.lines[0]!.text).to.include(
        "ShopGateway.chosen, forwarding 'chosen': '/other' is none of the gateway's namespaces; nothing was sent",
      );
      expect(running.gateway.io._nsps.has('/other')).to.equal(false);
    });

    it('a name that nobody can send is logged', async () => {
      let as: unknown;
      @SocketNamespace('/x', { settings })
      class NamingGateway extends BaseGateway {
        @ForwardEvent('a', { as: () => as as string })
        a() {
          return 1;
        }
        @ForwardEvent('dis*')
        b() {
          return 2;
        }
      }
      const logger = new CollectingLogger('error');
      const running = await start(NamingGateway, { logger });
      const member = await Member.join(running);
      for (as of ['connect', '', 7, undefined]) await running.broker.emit('a');
      for (const event of ['disconnect', 'display']) await running.broker.emit(event);
      expect(await member.received()).to.deep.equal([['display', 2]]);
      const texts = logger.lines.map(({ text }) => /NamingGateway\.\w+, (.*)$/m.exec(text)?.[1]);
      const none = "forwarding 'a': as gave no name of an event; nothing was sent";
      const reserved = (name: string): string =>
        `'${name}' is an event of Socket.IO's own that nobody can send; give it another name with as; nothing was sent`;
      expect(texts).to.deep.equal([
        `forwarding 'a': ${reserved('connect')}`,
        none,
        none,
        none,
        `forwarding 'disconnect': ${reserved('disconnect')}`,
      ]);
    });

    it('volatile may lose what a client is not ready for, and sends to one that is', async () => {
      @SocketNamespace('/x', { settings })
      class VolatileGateway extends BaseGateway {
        @ForwardEvent('tick', { volatile: true })
        tick() {
          return 1;
        }
      }
      const running = await start(VolatileGateway);
      const [member, busy] = [await Member.join(running), await Member.join(running)];
      const { conn } = running.gateway.io.of('/x').sockets.get(busy.client.id!)!;
      Object.defineProperty(conn.transport, 'writable', { value: false, configurable: true, writable: true });
      await running.broker.emit('tick');
      (conn.transport as unknown as { writable: boolean }).writable = true;
      expect(await receivedBy(member, busy)).to.deep.equal([[['tick', 1]], []]);
    });
  });

  describe('the option payload', () => {
    class Shown {
      @IsInt()
      id!: number;
    }

    @SocketNamespace('/x', { settings })
    class CheckedGateway extends BaseGateway {
      @ForwardEvent('one', { payload: Shown })
      one(ctx: Context) {
        return ctx.params;
      }
      @ForwardEvent('list', { payload: [Shown] })
      list(ctx: Context) {
        return ctx.params;
      }
      @ForwardEvent('text', { payload: String })
      text(ctx: Context) {
        return ctx.params;
      }
    }

    it('checks what is sent, and sends what it declares', async () => {
      const running = await start(CheckedGateway);
      const member = await Member.join(running);
      await running.broker.emit('one', { id: 1, secret: 'x' });
      await running.broker.emit('list', [{ id: 1 }, { id: 2, secret: 'x' }]);
      await running.broker.emit('text', 'hello');
      expect(await member.received()).to.deep.equal([
        ['one', { id: 1 }],
        ['list', [{ id: 1 }, { id: 2 }]],
        ['text', 'hello'],
      ]);
    });

    it('sends nothing that is not valid, and logs it', async () => {
      const logger = new CollectingLogger('error');
      const running = await start(CheckedGateway, { logger });
      const member = await Member.join(running);
      for (const [event, params] of [
        ['one', { id: 'x' }],
        ['list', [{ id: 1 }, {}]],
        ['text', 7],
      ] as const)
        await running.broker.emit(event, params as never);
      expect(await member.received()).to.deep.equal([]);
      expect(logger.lines).to.have.length(3);
      const [{ text } = { text: '' }] = logger.lines;
      expect(text).to.include(
        "CheckedGateway.one, forwarding 'one': what the method gave is no valid payload (id must be an integer number); nothing was sent",
      );
    });
  });

  describe('subscribes as any service of Moleculer does', () => {
    it('with wildcards, which do not mean what Moleculer says of itself', async () => {
      const seen: string[] = [];
      @SocketNamespace('/x', { settings })
      class CuriousGateway extends BaseGateway {
        @ForwardEvent('**', { as: 'all' })
        all(ctx: Context) {
          seen.push(ctx.eventName!);
          return ctx.eventName;
        }
        @ForwardEvent('order.*')
        orders(ctx: Context) {
          return ctx.params;
        }
        @ForwardEvent('$custom.thing')
        internal() {
          return 'internal';
        }
      }
      const running = await start(CuriousGateway);
      const member = await Member.join(running);
      const { broker } = running;
      for (const kind of ['emit', 'broadcast', 'broadcastLocal'] as const) {
        for (const event of ['order.paid', 'order.paid.twice', 'user', '$custom.thing', '$node.connected'])
          await broker[kind](event, kind);
      }
      const one = (kind: string): unknown[][] => [
        ['all', 'order.paid'],
        ['order.paid', kind],
        ['all', 'order.paid.twice'],
        ['all', 'user'],
        ['$custom.thing', 'internal'],
      ];
      expect(await member.received()).to.deep.equal(['emit', 'broadcast', 'broadcastLocal'].flatMap(one));
      expect(seen.some((name) => name.startsWith('$'))).to.equal(false);
    });

    it('with the options of an event: group, params', async () => {
      @SocketNamespace('/x', { settings })
      class ParticularGateway extends BaseGateway {
        @ForwardEvent('order', { group: 'browsers', params: { id: 'number' } })
        order(ctx: Context<Order>) {
          return ctx.params.id;
        }
      }
      const logger = new CollectingLogger('error');
      const running = await start(ParticularGateway, { logger });
      const member = await Member.join(running);
      await running.broker.emit('order', { id: 1 }, { groups: ['browsers'] });
      await running.broker.emit('order', { id: 2 }, { groups: ['particular'] });
      await running.broker.emit('order', { id: 'x' });
      expect(await member.received()).to.deep.equal([['order', 1]]);
      expect(logger.lines).to.have.length(1);
      expect(logger.lines[0]!.text).to.include('Parameters validation error');
    });

    it('in a group of the name of the service, the version included', async () => {
      abstract class Shared extends BaseGateway {
        @ForwardEvent('order')
        order() {
          return this.fullName;
        }
      }
      @SocketNamespace('/one', { name: 'shop', version: 1, settings })
      class OneGateway extends Shared {}
      @SocketNamespace('/two', { name: 'shop', version: 'beta', settings })
      class TwoGateway extends Shared {}
      @SocketNamespace('/three', {
        name: 'shop',
        version: 3,
        settings: { ...settings, $noVersionPrefix: true, $noServiceNamePrefix: true },
      })
      class ThreeGateway extends Shared {}
      const running = await start([OneGateway, TwoGateway, ThreeGateway]);
      const members: Member[] = [];
      for (const name of ['/one', '/two', '/three']) members.push(await Member.join(running, [], name));
      await running.broker.emit('order');
      await running.broker.emit('order', {}, ['v1.shop']);
      await running.broker.emit('order', {}, ['beta.shop']);
      await running.broker.emit('order', {}, ['v3.shop']);
      const twice = (name: string): unknown[][] => [
        ['order', name],
        ['order', name],
      ];
      expect(await receivedBy(...members)).to.deep.equal(['v1.shop', 'beta.shop', 'shop'].map(twice));
    });

    it('for each gateway that asks', async () => {
      @SocketNamespace('/x', { settings })
      class OneGateway extends BaseGateway {
        @ForwardEvent('order')
        order() {
          return 'one';
        }
      }
      @SocketNamespace('/y', { settings })
      class TwoGateway extends BaseGateway {
        @ForwardEvent('order')
        order() {
          return 'two';
        }
      }
      const running = await start([OneGateway, TwoGateway]);
      const members = [await Member.join(running), await Member.join(running, [], '/y')];
      await running.broker.emit('order');
      expect(await receivedBy(...members)).to.deep.equal([[['order', 'one']], [['order', 'two']]]);
    });

    it('beside what the service and its mixins do with the event', async () => {
      const seen: string[] = [];
      const mixin: Partial<ServiceSchema> = {
        events: {
          'order.a': (ctx: Context) => void seen.push(`mixin ${ctx.eventName!}`),
          'order.b': { group: 'shop', handler: (ctx: Context) => void seen.push(`mixin ${ctx.eventName!}`) },
        },
      };
      @SocketNamespace('/x', {
        name: 'shop',
        settings,
        mixins: [mixin],
        events: { 'order.a': (ctx: Context) => void seen.push(`own ${ctx.eventName!}`) },
      })
      class ShopGateway extends BaseGateway {
        @ForwardEvent('order.a', { bulkhead: { enabled: true, concurrency: 5 } })
        a() {
          return 'a';
        }
        @ForwardEvent('order.b', { group: 'shop' })
        b() {
          return 'b';
        }
      }
      const running = await start(ShopGateway);
      const member = await Member.join(running);
      for (const event of ['order.a', 'order.b']) await running.broker.emit(event);
      expect(seen.sort()).to.deep.equal(['mixin order.a', 'mixin order.b', 'own order.a']);
      expect(await member.received()).to.deep.equal([
        ['order.a', 'a'],
        ['order.b', 'b'],
      ]);
    });

    it('where the two agree about the subscription', () => {
      @SocketNamespace('/x', {
        name: 'shop',
        settings,
        mixins: [{ events: { order: { group: 'mail', handler: () => undefined } } }],
      })
      class ShopGateway extends BaseGateway {
        @ForwardEvent('order', { group: 'browsers' })
        order() {
          return 1;
        }
      }
      const broker = newBroker([]);
      expect(() => broker.createService(ShopGateway as never)).to.throw(
        DeclarationError,
        "ShopGateway.order: the option group of 'order' is another one where the service listens to it by itself; give it the same",
      );
    });

    for (const wrapped of [false, true]) {
      it(`beside @Event of moleculer-decorators${wrapped ? ', under @Service' : ''}; a method under both runs once`, async () => {
        const seen: string[] = [];
        @SocketNamespace('/x', { name: 'shop', settings })
        class ShopGateway extends BaseGateway {
          @Event({ name: 'order.a' })
          log(ctx: Context) {
            seen.push(`log ${ctx.eventName!}`);
          }
          @ForwardEvent('order.a')
          send(ctx: Context) {
            seen.push(`send ${ctx.eventName!}`);
            return 'a';
          }
          @Event({ name: 'order.b' })
          @ForwardEvent('order.b')
          both(ctx: Context) {
            seen.push(`both ${ctx.eventName!}`);
            return 'b';
          }
        }
        const type: Registered = wrapped
          ? (Service({ name: 'shop' })(ShopGateway) as Registered)
          : ShopGateway;
        const running = await start(type);
        const member = await Member.join(running);
        for (const event of ['order.a', 'order.b']) await running.broker.emit(event);
        expect(seen).to.deep.equal(['log order.a', 'send order.a', 'both order.b']);
        expect(await member.received()).to.deep.equal([
          ['order.a', 'a'],
          ['order.b', 'b'],
        ]);
      });
    }

    it('and can be called in a test', async () => {
      @SocketNamespace('/x', { name: 'shop', settings })
      class ShopGateway extends BaseGateway {
        @ForwardEvent('order')
        order(ctx: Context) {
          return ctx.params;
        }
      }
      const running = await start(ShopGateway);
      const member = await Member.join(running);
      const { events } = running.gateway as unknown as {
        events: Record<string, (params: unknown) => unknown>;
      };
      await events['order']!('directly');
      expect(await member.received()).to.deep.equal([['order', 'directly']]);
    });
  });

  describe('on a method that answers clients, too', () => {
    class Amount {
      @IsInt()
      amount!: number;
    }

    @SocketNamespace('/x', { settings })
    class BothGateway extends BaseGateway {
      @SocketEvent('pay')
      @ForwardEvent('paid')
      pay(@MessageBody() amount: Amount, @Ctx() ctx: SocketContext) {
        return { paid: amount.amount, checked: amount instanceof Amount, bySocket: Boolean(ctx.socket) };
      }
      @SocketEvent()
      @ForwardEvent('echoed')
      echo(ctx: SocketContext) {
        return ctx.params;
      }
    }

    it('gives it its declared parameters, the payload checked', async () => {
      const logger = new CollectingLogger('error');
      const running = await start(BothGateway, { logger });
      const member = await Member.join(running);
      expect((await ask(member.client, 'pay', { amount: 1 })).result).to.deep.equal({
        paid: 1,
        checked: true,
        bySocket: true,
      });
      await running.broker.emit('paid', { amount: 2 });
      await running.broker.emit('echoed', 'an echo');
      await running.broker.emit('paid', { amount: 'x' });
      expect(await member.received()).to.deep.equal([
        ['paid', { paid: 2, checked: true, bySocket: false }],
        ['echoed', 'an echo'],
      ]);
      expect(logger.lines).to.have.length(1);
      expect(logger.lines[0]!.text).to.include('amount must be an integer number');
    });
  });

  describe('dynamic namespaces', () => {
    @SocketNamespace('/tenants/:tenant', { name: 'tenants', settings })
    class TenantGateway extends BaseGateway {
      @ForwardEvent('news')
      news(ctx: Context) {
        return ctx.params;
      }
      @ForwardEvent<{ tenant: string }>('order', { namespace: (ctx) => `/tenants/${ctx.params.tenant}` })
      order(ctx: Context<{ tenant: string }>) {
        return ctx.params.tenant;
      }
    }

    for (const kind of ['emit', 'broadcast'] as const) {
      it(`all tenants get what names none, and one what names him: ${kind}`, async () => {
        const running = await start(TenantGateway);
        const [a, b] = [
          await Member.join(running, [], '/tenants/a'),
          await Member.join(running, [], '/tenants/b'),
        ];
        await running.broker[kind]('news', 'for all');
        await running.broker[kind]('order', { tenant: 'a' });
        await running.broker[kind]('order', { tenant: 'nobody' });
        expect(await receivedBy(a, b)).to.deep.equal([
          [
            ['news', 'for all'],
            ['order', 'a'],
          ],
          [['news', 'for all']],
        ]);
        expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/tenants/a', '/tenants/b']);
      });
    }

    it('one that was registered later gets it, too', async () => {
      const running = await start(TenantGateway);
      (running.gateway as unknown as SocketGateway).registerNamespace('/lobby');
      const member = await Member.join(running, [], '/lobby');
      await running.broker.emit('news', 'for all');
      expect(await member.received()).to.deep.equal([['news', 'for all']]);
    });
  });

  describe('what fails', () => {
    let fail: () => unknown;

    @SocketNamespace('/x', { name: 'shop', settings })
    class FailingGateway extends BaseGateway {
      @ForwardEvent('method')
      method() {
        return fail();
      }
      @ForwardEvent('rooms', { as: async () => fail() as string, rooms: () => fail() as string })
      rooms() {
        return 1;
      }
      @ForwardEvent('good')
      good() {
        return 'good';
      }
    }

    for (const [name, make] of Object.entries<() => unknown>({
      'an Error': () => new Error('the reason'),
      null: () => null,
      undefined: () => undefined,
      'a string': () => 'the reason',
    })) {
      for (const kind of ['emit', 'broadcast', 'broadcastLocal'] as const) {
        it(`is logged, and the rest goes on: ${kind}, ${name}`, async () => {
          const logger = new CollectingLogger('error');
          const running = await start(FailingGateway, { logger });
          const member = await Member.join(running);
          for (const failing of [
            () => {
              throw make();
            },
            () => Promise.reject(make()),
          ]) {
            fail = failing;
            for (const event of ['method', 'rooms']) await running.broker[kind](event);
          }
          await running.broker[kind]('good');
          expect(await member.received()).to.deep.equal([['good', 'good']]);
          expect(logger.lines).to.have.length(4);
          if (name === 'an Error') for (const { text } of logger.lines) expect(text).to.include('the reason');
        });
      }
    }

    it("is told to the broker's errorHandler, as with any event", async () => {
      const told: unknown[] = [];
      const options: Options = { errorHandler: (error: unknown) => void told.push(error) };
      const running = await start(FailingGateway, options);
      const error = new Error('the reason');
      fail = () => {
        throw error;
      };
      await running.broker.emit('method');
      expect(told).to.deep.equal([error]);
    });

    it('is what cannot be written, or is a function', async () => {
      const logger = new CollectingLogger('error');
      const running = await start(FailingGateway, { logger });
      const member = await Member.join(running);
      const circle: Record<string, unknown> = {};
      circle['self'] = circle;
      for (const value of [circle, 5n, () => 1]) {
        fail = () => value;
        await running.broker.emit('method');
      }
      await running.broker.emit('good');
      expect(await member.received()).to.deep.equal([['good', 'good']]);
      expect(logger.lines).to.have.length(3);
      expect(logger.lines[2]!.text).to.include(
        "FailingGateway.method, forwarding 'method': a function cannot be sent; nothing was sent",
      );
    });
  });

  it('counts what is sent on, under declared names', async () => {
    @SocketNamespace(['/x', '/tenants/:id'], { settings })
    class CountedGateway extends BaseGateway {
      @ForwardEvent('order.*')
      all() {
        return 1;
      }
      @ForwardEvent('user', { namespace: () => '/tenants/7' })
      one(ctx: Context) {
        return ctx.params ?? undefined;
      }
    }
    const running = await start(CountedGateway, {
      metrics: { enabled: true, collectProcessMetrics: false } as never,
    });
    for (const event of ['order.a', 'order.b']) await running.broker.emit(event);
    await running.broker.emit('user', 'one');
    await running.broker.emit('user');
    const metric = running.broker.metrics.getMetric('moleculer.io.messages.forwarded.total') as any;
    expect(metric.snapshot().map(({ labels, value }: any) => [labels, value])).to.deep.equal([
      [{ namespace: '/x', event: 'order.*' }, 2],
      [{ namespace: '/tenants/:id', event: 'order.*' }, 2],
      [{ namespace: '/tenants/:id', event: 'user' }, 1],
    ]);
  });

  describe('while the broker stops', () => {
    it('events that arrive neither fail nor hold it up', async () => {
      let answered = 0;
      @SocketNamespace(['/x', '/tenants/:id'], { settings })
      class BusyGateway extends BaseGateway {
        @ForwardEvent('tick', { namespace: () => ['/x', '/tenants/1'] })
        @ForwardEvent('tick', { as: 'tack' })
        async tick() {
          await Promise.resolve();
          return ++answered;
        }
      }
      const logger = new CollectingLogger('warn');
      const running = await start(BusyGateway, { logger });
      await Member.join(running);
      let stopping = true;
      const flood = async (broker: ServiceBroker): Promise<void> => {
        while (stopping) {
          for (const kind of ['emit', 'broadcast', 'broadcastLocal'] as const) void broker[kind]('tick');
          await new Promise(setImmediate);
        }
      };
      const flooding = flood(running.broker);
      afterwards(() => (stopping = false));
      await running.broker.stop();
      stopping = false;
      await flooding;
      expect(answered).to.be.above(0);
      expect(logger.lines).to.deep.equal([]);
    });
  });
});
