import { expect } from 'chai';
import {
  Authenticate,
  NspParam,
  NspParams,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import type { Socket as ServerSocket } from 'socket.io';
import {
  ask,
  connect,
  connected,
  newClient,
  next,
  refused,
  serviceOf,
  signal,
  start,
  type Client,
  type Running,
  type RunningGateway,
} from '../support/run-gateway';

const settings = { port: 0 };

/** Names of all namespaces of the server but the main one. */
function served({ gateway }: Running): string[] {
  return [...gateway.io._nsps.keys()].filter((name) => name !== '/');
}

/** Resolves when a server has no namespace any more but these. */
async function onlyServes(running: Running, ...names: string[]): Promise<void> {
  for (let tries = 0; served(running).sort().join() !== names.sort().join(); tries++) {
    if (tries > 200) expect(served(running)).to.deep.equal(names);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('dynamic namespaces', () => {
  @SocketNamespace('/tenants/:tenantId', { settings })
  class TenantGateway extends SocketGateway {
    @SocketEvent()
    where(ctx: SocketContext) {
      return { namespace: ctx.namespace, nspParams: ctx.nspParams };
    }
    @SocketEvent()
    injected(@NspParam('tenantId') tenantId: string, @NspParams() all: object) {
      return [tenantId, all];
    }
    @SocketEvent()
    shout(ctx: SocketContext) {
      this.namespaces.get(ctx.namespace)!.emit('shouted', ctx.nspParams['tenantId']);
    }
  }

  describe('with parameters', () => {
    it('are one for each name', async () => {
      const running = await start(TenantGateway);
      const [a, b] = [await connect(running, '/tenants/a'), await connect(running, '/tenants/b')];
      expect((await ask(a, 'where')).result).to.deep.equal({
        namespace: '/tenants/a',
        nspParams: { tenantId: 'a' },
      });
      expect((await ask(b, 'where')).result).to.deep.equal({
        namespace: '/tenants/b',
        nspParams: { tenantId: 'b' },
      });
      expect((await ask(a, 'injected')).result).to.deep.equal(['a', { tenantId: 'a' }]);
    });

    it('may be several', async () => {
      @SocketNamespace('/:country/cities/:city', { settings })
      class CityGateway extends TenantGateway {
        override injected(@NspParam('city') city: string, @NspParam('country') country: any) {
          return [city, country];
        }
      }
      const client = await connect(await start(CityGateway), '/fr/cities/paris');
      expect((await ask(client, 'injected')).result).to.deep.equal(['paris', 'fr']);
      expect((await ask(client, 'where')).result.nspParams).to.deep.equal({ country: 'fr', city: 'paris' });
    });

    it('do not match more or fewer segments', async () => {
      const running = await start(TenantGateway);
      for (const name of [
        '/tenants',
        '/tenants/',
        '/tenants/a/b',
        '/tenants/a/',
        '/x/tenants/a',
        '/tenantsXa',
        '/TENANTS/a',
      ]) {
        expect((await refused(newClient(running, name))).message, name).to.equal('Invalid namespace');
      }
      expect(served(running)).to.deep.equal([]);
    });

    it('take characters of a path for what they are', async () => {
      @SocketNamespace('/v1.0/a+b/(c)/:id', { settings })
      class OddGateway extends SocketGateway {
        @SocketEvent()
        id(ctx: SocketContext) {
          return ctx.nspParams['id'];
        }
      }
      const running = await start(OddGateway);
      expect((await ask(await connect(running, '/v1.0/a+b/(c)/1'), 'id')).result).to.equal('1');
      for (const name of ['/v1x0/a+b/(c)/1', '/v1.0/aab/(c)/1', '/v1.0/a+b/c/1']) {
        expect((await refused(newClient(running, name))).message, name).to.equal('Invalid namespace');
      }
    });

    it('cannot be changed by a handler', async () => {
      @SocketNamespace('/tenants/:tenantId', { settings })
      class MeddlingGateway extends TenantGateway {
        @SocketEvent()
        meddle(ctx: SocketContext) {
          (ctx.nspParams as any).tenantId = 'mine';
        }
      }
      const client = await connect(await start(MeddlingGateway), '/tenants/a');
      await ask(client, 'meddle');
      expect((await ask(client, 'where')).result.nspParams).to.deep.equal({ tenantId: 'a' });
    });

    for (const name of [
      '__proto__',
      'constructor',
      'toString',
      'ä',
      'a%2Fb',
      '日本',
      'a b',
      '*',
      '..',
      '$&',
      "'",
      '"',
      '<script>',
      'a:b',
      '\u0000',
      '💥',
      'x'.repeat(256 - '/tenants/'.length),
    ]) {
      it(`take the weird name ${JSON.stringify(name.slice(0, 20))} for what it is`, async () => {
        const running = await start(TenantGateway);
        const client = await connect(running, `/tenants/${name}`);
        const { result } = await ask(client, 'injected');
        expect(result[0]).to.equal(name);
        expect(Object.entries(result[1])).to.deep.equal([['tenantId', name]]);
        expect([...running.gateway.namespaces.keys()]).to.deep.equal([`/tenants/${name}`]);
        client.disconnect();
        await onlyServes(running);
      });
    }
  });

  describe('with a regular expression', () => {
    it('have its groups as parameters', async () => {
      @SocketNamespace(/^\/room-(?<id>\d+)(?:-(?<kind>\w+))?$/, { settings })
      class RoomGateway extends SocketGateway {
        @SocketEvent()
        where(@NspParams() params: object, @NspParam('kind') kind: string) {
          return [params, kind];
        }
      }
      const running = await start(RoomGateway);
      expect((await ask(await connect(running, '/room-1-big'), 'where')).result).to.deep.equal([
        { id: '1', kind: 'big' },
        'big',
      ]);
      expect((await ask(await connect(running, '/room-2'), 'where')).result).to.deep.equal([
        { id: '2' },
        null,
      ]);
      expect((await refused(newClient(running, '/room-x'))).message).to.equal('Invalid namespace');
    });
  });

  it('stand beside literal ones in an array', async () => {
    @SocketNamespace(['/lobby', '/tenants/:tenantId', /^\/x-(?<n>\d)$/], { settings })
    class MixedGateway extends TenantGateway {}
    const running = await start(MixedGateway);
    for (const [name, params] of [
      ['/lobby', {}],
      ['/tenants/a', { tenantId: 'a' }],
      ['/x-1', { n: '1' }],
    ] as const) {
      expect((await ask(await connect(running, name), 'where')).result).to.deep.equal({
        namespace: name,
        nspParams: params,
      });
    }
    expect([...running.gateway.namespaces.keys()].sort()).to.deep.equal(['/lobby', '/tenants/a', '/x-1']);
  });

  it('are reached by this.namespaces: one, not its sisters', async () => {
    const running = await start(TenantGateway);
    const [a1, a2, b] = await Promise.all(
      ['a', 'a', 'b'].map((name) => connect(running, `/tenants/${name}`)),
    );
    const heard: string[] = [];
    b!.on('shouted', () => heard.push('b'));
    const both = Promise.all([next(a1!, 'shouted'), next(a2!, 'shouted')]);
    await ask(a1!, 'shout');
    expect(await both).to.deep.equal([['a'], ['a']]);
    await ask(b!, 'where');
    expect(heard).to.deep.equal([]);
    expect(await running.gateway.namespaces.get('/tenants/a')!.fetchSockets()).to.have.length(2);
  });

  describe('come and go', () => {
    it('with their first and last client', async () => {
      const running = await start(TenantGateway);
      expect([...running.gateway.namespaces.keys()]).to.deep.equal([]);
      const [first, second] = [await connect(running, '/tenants/a'), await connect(running, '/tenants/a')];
      expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/tenants/a']);
      expect(served(running)).to.deep.equal(['/tenants/a']);
      first.disconnect();
      await ask(second, 'where');
      expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/tenants/a']);
      second.disconnect();
      await onlyServes(running);
      expect([...running.gateway.namespaces.keys()]).to.deep.equal([]);
      expect((await ask(await connect(running, '/tenants/a'), 'where')).result.namespace).to.equal(
        '/tenants/a',
      );
    });

    it('by thousands, and leave nothing behind', async () => {
      @SocketNamespace('/tenants/:tenantId', { settings, limits: { maxNamespaces: 5000 } })
      class CrowdedGateway extends TenantGateway {}
      const running = await start(CrowdedGateway);
      const anchor = await connect(running, '/tenants/anchor');
      for (let round = 0; round < 4; round++) {
        const clients: Client[] = [];
        for (let i = 0; i < 500; i++) clients.push(anchor.io.socket(`/tenants/${round}-${i}`, {}));
        await Promise.all(clients.map((client) => connected(client)));
        expect(running.gateway.namespaces).to.have.property('size', 501);
        for (const client of clients) client.disconnect();
        await onlyServes(running, '/tenants/anchor');
      }
      expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/tenants/anchor']);
      const parents = [
        ...((running.gateway.io as any).parentNsps as Map<unknown, { children: Set<unknown> }>).values(),
      ];
      expect(parents.map(({ children }) => children.size)).to.deep.equal([1]);
    });

    it('leave nothing behind where the client is refused', async () => {
      @SocketNamespace('/tenants/:tenantId', { settings })
      class ClosedGateway extends SocketGateway {
        @Authenticate()
        authenticate() {
          throw new Error('nobody');
        }
      }
      const running = await start(ClosedGateway);
      await Promise.all(Array.from({ length: 20 }, (_, i) => refused(newClient(running, `/tenants/${i}`))));
      await onlyServes(running);
      expect([...running.gateway.namespaces.keys()]).to.deep.equal([]);
    });

    it('leave nothing behind where the client goes during authentication', async () => {
      const asked = signal();
      const go = signal();

      @SocketNamespace('/tenants/:tenantId', { settings })
      class SlowGateway extends SocketGateway {
        @Authenticate()
        async authenticate() {
          asked.fire();
          await go;
          return { id: 1 };
        }
      }
      const running = await start(SlowGateway);
      const client = newClient(running, '/tenants/a');
      await asked;
      client.io.engine.close();
      client.disconnect();
      await ask(await connectAfter(go, running), 'none');
      await onlyServes(running, '/tenants/b');
      expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/tenants/b']);

      async function connectAfter(before: { fire(): void }, to: Running): Promise<Client> {
        before.fire();
        return connect(to, '/tenants/b');
      }
    });

    it('do not vanish under a client that is authenticating while another is refused', async () => {
      const asked = signal();
      const go = signal();

      @SocketNamespace('/tenants/:tenantId', { settings })
      class SelectiveGateway extends TenantGateway {
        @Authenticate()
        async authenticate(socket: ServerSocket) {
          if (socket.handshake.auth['refuse']) throw new Error('refused');
          asked.fire();
          await go;
          return { id: 1 };
        }
      }
      const running = await start(SelectiveGateway);
      const slow = newClient(running, '/tenants/a');
      const inside = connected(slow);
      await asked;
      for (let i = 0; i < 3; i++) await refused(newClient(running, '/tenants/a', { auth: { refuse: true } }));
      go.fire();
      await inside;
      expect((await ask(slow, 'where')).result.namespace).to.equal('/tenants/a');
      expect(running.gateway.namespaces.get('/tenants/a')!.sockets.has(slow.id!)).to.equal(true);
      expect(running.gateway.io._nsps.get('/tenants/a')).to.equal(
        running.gateway.namespaces.get('/tenants/a'),
      );
      const shouted = next(slow, 'shouted');
      await ask(slow, 'shout');
      await shouted;
      slow.disconnect();
      await onlyServes(running);
    });

    it('survive that the last client leaves in the moment in which the next one comes', async () => {
      const running = await start(TenantGateway);
      for (let round = 0; round < 30; round++) {
        const leaving = await connect(running, '/tenants/a');
        const coming = newClient(running, '/tenants/a');
        const arrived = connected(coming);
        if (round % 2) await new Promise((resolve) => setImmediate(resolve));
        leaving.disconnect();
        await arrived;
        const shouted = next(coming, 'shouted');
        await ask(coming, 'shout');
        await shouted;
        coming.disconnect();
      }
      await onlyServes(running);
    });

    it('stay where the service itself holds on to nobody but asks for the namespace again', async () => {
      const running = await start(TenantGateway);
      const client = await connect(running, '/tenants/a');
      const before = running.gateway.namespaces.get('/tenants/a');
      expect(running.gateway.io.of('/tenants/a')).to.equal(before);
      client.disconnect();
      await onlyServes(running);
    });

    it('are gone when the broker has stopped', async () => {
      const running = await start(TenantGateway);
      await connect(running, '/tenants/a');
      await running.broker.stop();
      expect([...running.gateway.namespaces.keys()]).to.deep.equal([]);
    });
  });

  describe('of several gateways', () => {
    @SocketNamespace('/tenants/main', { settings })
    class MainGateway extends SocketGateway {
      @SocketEvent()
      where() {
        return 'main';
      }
    }
    @SocketNamespace(/^\/tenants\/v-(?<n>\d+)$/, { settings })
    class VersionGateway extends SocketGateway {
      @SocketEvent()
      where() {
        return 'version';
      }
    }

    for (const gateways of [
      [MainGateway, TenantGateway],
      [TenantGateway, MainGateway],
    ]) {
      it(`give a name to the literal one, whichever is registered first (${gateways[0]!.name})`, async () => {
        const running = await start(gateways);
        expect((await ask(await connect(running, '/tenants/main'), 'where')).result).to.equal('main');
        expect((await ask(await connect(running, '/tenants/a'), 'where')).result.namespace).to.equal(
          '/tenants/a',
        );
        expect([...serviceOf(running.broker, 'tenant').namespaces.keys()]).to.deep.equal(['/tenants/a']);
        expect([...serviceOf(running.broker, 'main').namespaces.keys()]).to.deep.equal(['/tenants/main']);
      });
    }

    it('give a name to the first of two that match, and to one only', async () => {
      const running = await start([VersionGateway, TenantGateway]);
      expect((await ask(await connect(running, '/tenants/v-1'), 'where')).result).to.equal('version');
      expect(serviceOf(running.broker, 'tenant').namespaces.has('/tenants/v-1')).to.equal(false);
    });

    it('do not leave a name to a gateway that is gone', async () => {
      const running = await start([MainGateway, TenantGateway]);
      await running.broker.destroyService(serviceOf(running.broker, 'main'));
      expect((await ask(await connect(running, '/tenants/main'), 'where')).result.namespace).to.equal(
        '/tenants/main',
      );
    });
  });

  describe('of one connection', () => {
    @SocketNamespace('/tenants/:tenantId', { settings, limits: { maxNamespaces: 3 } })
    class LimitedGateway extends TenantGateway {}

    it('are limited by maxNamespaces, with 429, and others go on', async () => {
      const running = await start(LimitedGateway);
      const first = await connect(running, '/tenants/0');
      const more = [1, 2].map((i) => first.io.socket(`/tenants/${i}`, {}));
      await Promise.all(more.map((client) => connected(client)));
      const over = first.io.socket('/tenants/3', {});
      const error = await refused(over);
      expect(error.data).to.include({ name: 'RateLimitExceeded', code: 429 });
      for (const client of [first, ...more]) expect((await ask(client, 'where')).error).to.equal(null);
      await onlyServes(running, '/tenants/0', '/tenants/1', '/tenants/2');
      await connect(running, '/tenants/3');

      const left = running.gateway.namespaces.get('/tenants/1')!;
      more[0]!.disconnect();
      await onlyServes(running, '/tenants/0', '/tenants/2', '/tenants/3');
      expect(left.sockets.size).to.equal(0);
      over.connect();
      await connected(over);
      expect((await ask(over, 'where')).result.nspParams).to.deep.equal({ tenantId: '3' });
    });

    it('are counted while they are still authenticating', async () => {
      const go = signal();
      let asked = 0;

      @SocketNamespace('/tenants/:tenantId', { settings, limits: { maxNamespaces: 3 } })
      class SlowGateway extends SocketGateway {
        @Authenticate()
        async authenticate() {
          asked++;
          await go;
        }
      }
      const running = await start(SlowGateway);
      const anchor = newClient(running, '/tenants/0');
      const all = [anchor, ...[1, 2, 3, 4].map((i) => anchor.io.socket(`/tenants/${i}`, {}))];
      const outcomes = all.map((client) =>
        connected(client).then(
          () => 'in',
          () => 'out',
        ),
      );
      expect(await Promise.all([outcomes[3], outcomes[4]])).to.deep.equal(['out', 'out']);
      expect(asked).to.equal(3);
      go.fire();
      expect(await Promise.all(outcomes)).to.deep.equal(['in', 'in', 'in', 'out', 'out']);
    });

    it('are counted down for refused ones', async () => {
      @SocketNamespace('/tenants/:tenantId', { settings, limits: { maxNamespaces: 2 } })
      class PickyGateway extends TenantGateway {
        @Authenticate()
        authenticate(socket: ServerSocket) {
          if (socket.nsp.name.includes('no')) throw new Error('no');
        }
      }
      const running = await start(PickyGateway);
      const first = await connect(running, '/tenants/0');
      for (let i = 0; i < 5; i++) {
        const error = await refused(first.io.socket(`/tenants/no-${i}`, {}));
        expect(error.data.code).to.equal(401);
      }
      const second = first.io.socket('/tenants/1', {});
      await connected(second);
      expect((await ask(second, 'where')).error).to.equal(null);
    });
  });

  it('run @OnConnect of their gateway with the socket of the child', async () => {
    const seen: string[] = [];

    @SocketNamespace('/tenants/:tenantId', { settings })
    class GreetingGateway extends TenantGateway {
      @OnConnect()
      greet(this: GreetingGateway & RunningGateway, socket: ServerSocket) {
        seen.push(socket.nsp.name, String(this.namespaces.get(socket.nsp.name) === socket.nsp));
      }
    }
    await connect(await start(GreetingGateway), '/tenants/a');
    expect(seen).to.deep.equal(['/tenants/a', 'true']);
  });
});
