import { expect } from 'chai';
import { createServer } from 'node:http';
import { ServiceBroker, type Context, type ServiceSchema } from 'moleculer';
import ApiGateway from 'moleculer-web';
import { DeclarationError, SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { testGateway } from '../../src/testing';
import { afterwards } from '../support/endings';
import { ChatGateway, USERS } from './chat-gateway';
import { failureOf, startChat } from './start-chat';

const user = { id: 7, roles: ['admin'] };

/** What keeps the process alive: a server that listens is one. */
const openServers = () => process.getActiveResourcesInfo().filter((kind) => /^TCP|^Pipe/.test(kind));

describe('testing: testGateway', () => {
  it('opens no port, whatever the settings say', async () => {
    const before = openServers();
    const chat = await startChat({ settings: { port: 1, ip: '203.0.113.1' } });
    const ann = await chat.connect({ user });
    expect(await ann.emit('secret')).to.equal(42);
    expect(openServers()).to.deep.equal(before);
    expect(
      (chat.service.io as unknown as { httpServer: { listening: boolean } }).httpServer.listening,
    ).to.equal(false);
  });

  it('takes settings on top of those of the gateway', async () => {
    @SocketNamespace('/x', { settings: { greeting: 'hi', size: 1, port: 3000 } })
    class SettingsGateway extends SocketGateway {
      @SocketEvent()
      read() {
        const { greeting, size } = this.settings as Record<string, unknown>;
        return { greeting, size };
      }
    }
    const x = await testGateway(SettingsGateway, { settings: { size: 2 } });
    afterwards(() => x.close());
    expect(await (await x.connect()).emit('read')).to.deep.equal({ greeting: 'hi', size: 2 });
  });

  it('takes options of the broker', async () => {
    const calls: string[] = [];
    const middleware = {
      localAction: (next: (ctx: Context) => unknown, action: { name: string }) => (ctx: Context) => {
        calls.push(action.name);
        return next(ctx);
      },
    };
    const chat = await startChat({ broker: { nodeID: 'test-node', middlewares: [middleware as never] } });
    expect(chat.broker.nodeID).to.equal('test-node');
    await (await chat.connect({ auth: { token: 'ann' } })).emit('me');
    expect(calls).to.include.members(['users.verify', 'chat.me']);
  });

  it('starts and stops a broker of the test that has not started', async () => {
    const broker = new ServiceBroker({ logger: false });
    broker.createService(USERS);
    const chat = await testGateway(ChatGateway, { broker });
    afterwards(() => chat.close());
    expect(chat.broker).to.equal(broker);
    const ann = await chat.connect({ auth: { token: 'ann' } });
    ann.send('later');
    await chat.settled();
    expect(ann.events.map(({ event }) => event)).to.deep.equal(['hello', 'notice']);
    await chat.close();
    expect(broker).to.have.property('started', false);
    expect(ann.connected).to.equal(false);
  });

  it('leaves a broker of the test running that has started', async () => {
    const broker = new ServiceBroker({ logger: false });
    afterwards(() => broker.stop());
    broker.createService(USERS);
    await broker.start();
    for (let round = 0; round < 2; round++) {
      const chat = await testGateway(ChatGateway, { broker });
      expect(await (await chat.connect({ auth: { token: 'ann' } })).emit('me')).to.include({ id: 1 });
      await chat.close();
      expect(broker.services.map(({ name }) => name)).to.not.include('chat');
    }
    expect(await broker.call('users.verify', { token: 'ann' })).to.include({ id: 1 });
  });

  it('throws every mistake of the class', async () => {
    @SocketNamespace('/x')
    class WrongGateway extends SocketGateway {
      @SocketEvent('a', { timout: 1 } as object)
      a() {}
    }
    const error = await failureOf(testGateway(WrongGateway));
    expect(error).to.be.instanceOf(DeclarationError);
    expect(error.message).to.match(/timout[^]*timeout/);
  });

  for (const started of [false, true]) {
    it(`throws what a service fails to start with, on a broker that ${started ? 'runs' : 'is new'}`, async () => {
      const broker = new ServiceBroker({ logger: false });
      afterwards(() => broker.stop());
      if (started) await broker.start();
      @SocketNamespace('/x')
      class FailingGateway extends SocketGateway {
        async started() {
          throw new RangeError('no database');
        }
      }
      const error = await failureOf(testGateway(FailingGateway, { broker }));
      expect(error.message).to.equal('no database');
    });

    it(`says which dependency a broker lacks that ${started ? 'runs' : 'is new'}`, async () => {
      const broker = new ServiceBroker({ logger: false });
      afterwards(() => broker.stop());
      if (started) await broker.start();
      @SocketNamespace('/x', { dependencies: ['users', { name: 'mail', version: 2 }] })
      class DependentGateway extends SocketGateway {}
      const error = await failureOf(testGateway(DependentGateway, { broker, services: [USERS] }));
      expect(error.message).to.equal(
        "'dependent' would wait for 'v2.mail': give it in `services`, real or mocked: { services: [{ name: 'mail', version: 2, actions: { … } }] }",
      );
      expect(error.stack).to.match(/services\.test\.ts/);
    });
  }

  it('starts a gateway after its dependencies, at once', async () => {
    @SocketNamespace('/x', { dependencies: ['users', { name: 'mail', version: 2 }] })
    class DependentGateway extends SocketGateway {
      async started() {
        await this.broker.call('v2.mail.send');
      }
    }
    const mail: ServiceSchema = { name: 'mail', version: 2, actions: { send: () => 'sent' } };
    const times: number[] = [];
    for (let run = 0; run < 3; run++) {
      const began = performance.now();
      const x = await testGateway(DependentGateway, { services: [USERS, mail] });
      times.push(performance.now() - began);
      await x.close();
    }
    // Moleculer looks for dependencies once a second. The quickest of several did not wait for the machine.
    expect(Math.min(...times)).to.be.below(900);
  });

  it('refuses a service that is no gateway', async () => {
    expect(await failureOf(testGateway(USERS))).to.have.property(
      'message',
      "'users' is no gateway: its class must be the first argument of testGateway",
    );
  });

  it('runs several gateways, each where it would be', async () => {
    class Named extends SocketGateway {
      @SocketEvent()
      label() {
        return (this.settings as { label?: string }).label;
      }
    }
    const make = (name: string, path: string, settings: object) => {
      @SocketNamespace(path, { name, settings: { label: name, ...settings } })
      class NamedGateway extends Named {}
      return NamedGateway;
    };
    const a = await testGateway(make('a', '/a', { port: 3001 }), {
      services: [make('b', '/b', {}), make('c', '/c', { port: 3001 })],
    });
    for (const name of ['a', 'b', 'c']) {
      const client = await a.connect({ namespace: `/${name}` });
      expect(await client.emit('label')).to.equal(name);
    }
    await a.close();

    // The same namespace on two ports.
    const two = await testGateway(make('first', '/x', { port: 3001 }), {
      services: [make('second', '/x', { port: 3002 })],
    });
    expect(await (await two.connect()).emit('label')).to.equal('first');
    await two.close();
    const error = await failureOf(
      testGateway(make('first', '/x', {}), { services: [make('second', '/x', {})] }),
    );
    expect(error.message).to.match(/the namespace '\/x' of '(first|second)' belongs to NamedGateway/);
  });

  it('runs a gateway that is attached nowhere by itself', async () => {
    const chat = await startChat({ settings: { server: false } });
    expect(await (await chat.connect({ user })).emit('secret')).to.equal(42);
  });

  it('runs a gateway on the HTTP server that it brings', async () => {
    const http = createServer();
    @SocketNamespace('/x')
    class AttachedGateway extends SocketGateway {
      created() {
        void this.initSocketIO(http, { path: '/realtime' });
      }
      @SocketEvent()
      hi(ctx: SocketContext) {
        return ctx.params;
      }
    }
    const x = await testGateway(AttachedGateway);
    afterwards(() => x.close());
    expect(await (await x.connect({ transports: ['polling'] })).emit('hi', 1)).to.equal(1);
  });

  it('runs a gateway with the mixin of moleculer-web, without a port', async () => {
    const before = openServers();
    @SocketNamespace('/x', { mixins: [ApiGateway], settings: { port: 1 } })
    class WebGateway extends SocketGateway {
      @SocketEvent()
      hi() {
        return 'hi';
      }
    }
    const web = await testGateway(WebGateway);
    expect(await (await web.connect()).emit('hi')).to.equal('hi');
    expect(openServers()).to.deep.equal(before);
    await web.close();
  });

  it('closes once, disconnects its clients, and serves `await using`', async () => {
    const chat = await testGateway(ChatGateway, { services: [USERS] });
    const ann = await chat.connect({ user });
    const waiting = failureOf(ann.received('notice'));
    await Promise.all([chat.close(), chat.close(), chat[Symbol.asyncDispose]()]);
    expect(ann.connected).to.equal(false);
    expect((await waiting).message).to.match(/^'notice' did not come before the connection ended/);
  });
});
