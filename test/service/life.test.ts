import { expect } from 'chai';
import type { ServiceBroker } from 'moleculer';
import { SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import {
  ask,
  connect,
  connected,
  newBroker,
  newClient,
  portOf,
  next,
  serviceOf,
  signal,
  start,
  type Registered,
  type Signal,
} from '../support/run-gateway';
import { rejection } from './rejection';

const settings = { port: 0 };

/** Ends the event loop's turn often enough for others to have done what they can do. */
async function turns(count = 20): Promise<void> {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
}

@SocketNamespace('/other')
class OtherGateway extends SocketGateway {}

@SocketNamespace('/stays', { settings })
class StaysGateway extends SocketGateway {}

describe('the life of a gateway', () => {
  describe('its turns', () => {
    const order: string[] = [];
    const noted = (name: string, mixins: object[] = []): object => ({
      mixins,
      merged: () => void order.push(`${name} merged`),
      created: [() => void order.push(`${name} created`), () => void order.push(`${name} created twice`)],
      async started() {
        await turns(2);
        order.push(`${name} started`);
      },
      async stopped() {
        await turns(2);
        order.push(`${name} stopped`);
      },
    });

    class Base extends SocketGateway {
      created() {
        order.push('base created');
      }
      async started() {
        order.push('base started');
      }
    }

    @SocketNamespace('/x', { settings, mixins: [noted('one', [noted('inner')]), noted('two')] })
    class ChatGateway extends Base {
      merged() {
        order.push('merged');
      }
      override created() {
        super.created();
        order.push(`created ${this.name} ${typeof this.io}`);
      }
      override async started() {
        await super.started();
        order.push(`started ${this.namespaces.size} ${this.io.httpServer.listening}`);
      }
      async stopped() {
        order.push(`stopped ${typeof this.io}`);
      }
    }

    it('come in the order of Moleculer: mixins first at the start, last at the end', async () => {
      order.length = 0;
      const { broker } = await start(ChatGateway);
      expect(order).to.deep.equal([
        'two merged',
        'inner merged',
        'one merged',
        'merged',
        ...['two', 'inner', 'one'].flatMap((name) => [`${name} created`, `${name} created twice`]),
        'base created',
        'created chat undefined',
        'two started',
        'inner started',
        'one started',
        'base started',
        'started 1 true',
      ]);
      order.length = 0;
      await broker.stop();
      expect(order).to.have.members(['stopped object', 'one stopped', 'inner stopped', 'two stopped']);
      expect(order.slice(1)).to.deep.equal(['one stopped', 'inner stopped', 'two stopped']);
    });
  });

  it('clients are there while stopped() runs, and may be told', async () => {
    @SocketNamespace('/x', { settings })
    class ChatGateway extends SocketGateway {
      async stopped() {
        this.io.of('/x').emit('bye');
      }
    }
    const { broker, url } = await start(ChatGateway);
    const client = await connect({ url });
    const [told] = await Promise.all([next(client, 'bye'), broker.stop()]);
    expect(told).to.deep.equal([]);
  });

  it('clients come in when started() is done, and wait until then', async () => {
    const begun = signal();
    const go = signal();
    @SocketNamespace('/x', { settings })
    class ChatGateway extends SocketGateway {
      private users: string[] | undefined;
      async started() {
        begun.fire();
        await go;
        this.users = ['ada'];
      }
      @SocketEvent()
      list() {
        return this.users;
      }
    }
    const broker = newBroker(ChatGateway);
    const starting = broker.start();
    await begun;
    const client = newClient({ url: `http://localhost:${portOf(serviceOf(broker, 'chat'))}` });
    let isIn = false;
    const entered = connected(client).then(() => (isIn = true));
    await new Promise((resolve) => client.io.once('open', () => resolve(undefined)));
    await turns();
    expect(isIn).to.equal(false);
    go.fire();
    await starting;
    await entered;
    expect((await ask(client, 'list')).result).to.deep.equal(['ada']);
  });

  it('a start that fails in started() fails the start of the broker, and frees the port', async () => {
    let fails = true;
    @SocketNamespace('/x', { settings })
    class ChatGateway extends SocketGateway {
      async started() {
        if (fails) throw new Error('not today');
      }
      @SocketEvent()
      send() {
        return 'sent';
      }
    }
    const broker = newBroker(ChatGateway);
    expect((await rejection(broker.start())).message).to.equal('not today');
    await broker.stop();
    fails = false;
    const again = await start(ChatGateway);
    expect((await ask(await connect(again), 'send')).result).to.equal('sent');
  });

  describe('dependencies', () => {
    @SocketNamespace('/x', {
      settings,
      dependencies: ['users', { name: 'math', version: 2 }],
    })
    class ChatGateway extends SocketGateway {
      @SocketEvent()
      async add() {
        return this.broker.call('v2.math.add');
      }
    }
    const users = { name: 'users' };
    const math = { name: 'math', version: 2, actions: { add: () => 3 } };

    it('may be names, and names with versions; clients wait for them with the gateway', async () => {
      const broker = newBroker([ChatGateway, users], { dependencyInterval: 5 });
      const starting = broker.start();
      let started = false;
      void starting.then(() => (started = true));
      await turns();
      expect(started).to.equal(false);
      broker.createService(math);
      await starting;
      const gateway = serviceOf(broker, 'chat');
      const { port } = gateway.io.httpServer.address() as { port: number };
      expect((await ask(await connect({ url: `http://localhost:${port}` }), 'add')).result).to.equal(3);
    });

    it('that come after the gateway was destroyed start nothing but its successor', async () => {
      const { broker, url } = await start(StaysGateway, { dependencyInterval: 5 });
      const make = (answer: string) => {
        @SocketNamespace('/x', { name: 'chat', dependencies: ['late'] })
        class ChatGateway extends SocketGateway {
          @SocketEvent('who', { visibility: 'public' })
          who() {
            return answer;
          }
        }
        return broker.createService(ChatGateway as never);
      };
      await broker.destroyService(make('first'));
      await broker.destroyService(make('second'));
      make('third');
      broker.createService({ name: 'late' });
      await broker.waitForServices('chat', 2000, 5);
      await turns();
      expect((await ask(await connect({ url }), 'who')).result).to.equal('third');
      for (let i = 0; i < 3; i++) expect(await broker.call('chat.who')).to.equal('third');
    });

    it('fail the start after $dependencyTimeout', async () => {
      const impatient: Registered = class extends ChatGateway {};
      const Impatient = SocketNamespace('/x', {
        name: 'impatient',
        settings: { ...settings, $dependencyTimeout: 20, $dependencyInterval: 5 },
        dependencies: 'users',
      })(impatient as typeof ChatGateway);
      const broker = newBroker(Impatient);
      expect((await rejection(broker.start())).name).to.equal('MoleculerServerError');
    });
  });

  describe('under way when the broker stops', () => {
    let go: Signal;
    let running: Signal;
    let done: string[];

    @SocketNamespace('/x', { settings: { ...settings, $shutdownTimeout: 2000 } })
    class PatientGateway extends SocketGateway {
      @SocketEvent()
      async slow(_ctx: unknown) {
        running.fire();
        await go;
        done.push('handler');
        return 'done';
      }
    }
    @SocketNamespace('/x', { name: 'patient', settings: { ...settings, $shutdownTimeout: 20 } })
    class ImpatientGateway extends PatientGateway {}

    beforeEach(() => {
      go = signal();
      running = signal();
      done = [];
    });

    it('calls are waited for, with tracking, and their clients get their answers', async () => {
      const { broker, url } = await start(PatientGateway, { tracking: { enabled: true } });
      const client = await connect({ url });
      const answer = ask(client, 'slow');
      await running;
      const stopping = broker.stop();
      await turns();
      go.fire();
      expect((await answer).result).to.equal('done');
      await stopping;
      expect(done).to.deep.equal(['handler']);
    });

    it('calls are waited for no longer than $shutdownTimeout; their clients are cut off', async () => {
      const { broker, url } = await start(ImpatientGateway, { tracking: { enabled: true } });
      const client = await connect({ url });
      const gone = next(client, 'disconnect');
      client.emit('slow', () => done.push('ack'));
      await running;
      await broker.stop();
      expect((await gone)[0]).to.equal('transport close');
      go.fire();
      await turns();
      expect(done).to.deep.equal(['handler']);
    });

    it('calls without tracking are not waited for, and what they return later disturbs nobody', async () => {
      const { broker, url } = await start(PatientGateway);
      const client = await connect({ url });
      const gone = next(client, 'disconnect');
      client.emit('slow', () => done.push('ack'));
      await running;
      await broker.stop();
      await gone;
      go.fire();
      await turns();
      expect(done).to.deep.equal(['handler']);
    });
  });

  describe('under load', () => {
    let handled: number;

    @SocketNamespace('/x', { settings })
    class LoadGateway extends SocketGateway {
      @SocketEvent()
      async work(ctx: any) {
        await turns(ctx.params % 5);
        handled++;
        return ctx.params;
      }
    }
    beforeEach(() => {
      handled = 0;
    });

    /** Emits without end until it is disconnected; gives how many acks came, each the right one and once. */
    function flood(client: Awaited<ReturnType<typeof connect>>) {
      const open = new Set<number>();
      let sent = 0;
      let wrong = 0;
      let acked = 0;
      const timer = setInterval(() => {
        for (let i = 0; i < 20 && client.connected; i++) {
          const n = ++sent;
          open.add(n);
          client.emit('work', n, (error: any, result: unknown) => {
            if (!open.delete(n) || (error ? error.code < 400 : result !== n)) wrong++;
            acked++;
          });
        }
      }, 1);
      return {
        stop: () => clearInterval(timer),
        get state() {
          return { wrong, acked: acked > 0, more: acked > sent };
        },
      };
    }

    it('a broker stops in bounded time: each ack was answered, or its client was disconnected', async () => {
      const { broker, url } = await start(LoadGateway);
      const clients = await Promise.all([1, 2, 3, 4].map(() => connect({ url })));
      const gone = clients.map((client) => next(client, 'disconnect'));
      const floods = clients.map(flood);
      await new Promise((resolve) => setTimeout(resolve, 50));
      const before = Date.now();
      await broker.stop();
      expect(Date.now() - before).to.be.below(15_000);
      expect((await Promise.all(gone)).map(([reason]) => reason)).to.deep.equal(
        Array(4).fill('transport close'),
      );
      for (const { stop, state } of floods) {
        stop();
        expect(state).to.deep.equal({ wrong: 0, acked: true, more: false });
      }
      expect(handled).to.be.above(0);
    });

    it('a gateway is destroyed and created again, and clients come back and go on', async () => {
      const running = await start([LoadGateway, OtherGateway]);
      const back = { reconnection: true, reconnectionDelay: 10, reconnectionDelayMax: 20 };
      const clients = await Promise.all([1, 2, 3].map(() => connect(running, '/x', back)));
      const floods = clients.map(flood);
      for (let time = 0; time < 3; time++) {
        const again = clients.map(
          (client) =>
            new Promise<void>((resolve) => client.once('disconnect', () => client.once('connect', resolve))),
        );
        await running.broker.destroyService(serviceOf(running.broker, 'load'));
        running.broker.createService(LoadGateway);
        await Promise.all(again);
      }
      for (const client of clients) expect((await ask(client, 'work', 7)).result).to.equal(7);
      for (const { stop, state } of floods) {
        stop();
        expect(state).to.deep.equal({ wrong: 0, acked: true, more: false });
      }
    });
  });

  it('goes on from the beginning when the broker is started again', async () => {
    let created = 0;
    @SocketNamespace('/x', { settings })
    class ChatGateway extends SocketGateway {
      private count = 0;
      created() {
        created++;
      }
      @SocketEvent()
      send() {
        return ++this.count;
      }
    }
    const broker: ServiceBroker = newBroker(ChatGateway);
    for (let time = 1; time <= 3; time++) {
      await broker.start();
      const { port } = serviceOf(broker, 'chat').io.httpServer.address() as { port: number };
      const client = newClient({ url: `http://localhost:${port}` });
      await connected(client);
      expect((await ask(client, 'send')).result).to.equal(time);
      await broker.stop();
    }
    expect(created).to.equal(1);
  });
});
