import { expect } from 'chai';
import type { Namespace, Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  NamespaceMiddleware,
  OnBeforeCall,
  OnConnect,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import {
  ask,
  connect,
  newBroker,
  newClient,
  next,
  refused,
  serviceOf,
  start,
} from '../support/run-in-memory';

const settings = { port: 0 };
interface Registering {
  registerNamespace(name: string): Namespace;
  removeNamespace(name: string): Promise<void>;
}

let order: string[];
beforeEach(() => {
  order = [];
});

@SocketNamespace('/x', { name: 'gateway', settings })
class LobbyGateway extends SocketGateway {
  @SocketEvent()
  where(ctx: SocketContext) {
    return [ctx.namespace, ctx.nspParams];
  }
}

/** A gateway that has a bit of everything. */
@SocketNamespace('/x', { name: 'gateway', settings })
class FullGateway extends LobbyGateway {
  @NamespaceMiddleware()
  enter(socket: Socket, next: () => void) {
    order.push(`enter ${socket.nsp.name}`);
    next();
  }
  @Authenticate()
  who(socket: Socket) {
    order.push(`authenticate ${socket.nsp.name}`);
    return socket.handshake.auth['user'];
  }
  @OnConnect()
  welcome(socket: Socket) {
    order.push(`connect ${socket.nsp.name}`);
  }
  @OnDisconnect()
  left(socket: Socket) {
    order.push(`disconnect ${socket.nsp.name}`);
  }
  @OnBeforeCall()
  before(ctx: SocketContext) {
    order.push(`before ${ctx.namespace}`);
  }
  @Authorize('admin')
  @SocketEvent()
  admin(ctx: SocketContext) {
    return ctx.meta.user;
  }
}

/** The methods of the service that the first argument of `start` became. */
const methodsOf = (running: { gateway: object }) => running.gateway as Registering;
const served = (running: { gateway: { io: any } }) => [...running.gateway.io._nsps.keys()].sort();

async function failure(promise: () => Promise<unknown>): Promise<Error> {
  try {
    await promise();
  } catch (error) {
    return error as Error;
  }
  throw new Error('it did not fail');
}

describe('registerNamespace()', () => {
  it('serves one more namespace with the events of the gateway', async () => {
    const running = await start(LobbyGateway);
    expect((await refused(newClient(running, '/lobby'))).message).to.equal('Invalid namespace');
    const namespace = methodsOf(running).registerNamespace('/lobby');
    expect(namespace).to.equal(running.gateway.namespaces.get('/lobby'));
    expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/x', '/lobby']);
    const [lobby, x] = [await connect(running, '/lobby'), await connect(running, '/x')];
    expect((await ask(lobby, 'where')).result).to.deep.equal(['/lobby', {}]);
    expect((await ask(x, 'where')).result).to.deep.equal(['/x', {}]);
    expect([...namespace.sockets.keys()]).to.deep.equal([lobby.id]);
  });

  it('has its middlewares, authentication, guards, hooks and lifecycle as well', async () => {
    const running = await start(FullGateway);
    methodsOf(running).registerNamespace('/lobby');
    const client = await connect(running, '/lobby', { auth: { user: { id: 1, role: 'admin' } } });
    expect((await ask(client, 'admin')).result).to.deep.equal({ id: 1, role: 'admin' });
    client.disconnect();
    const other = await connect(running, '/lobby', { auth: { user: { id: 2 } } });
    expect((await ask(other, 'admin')).error).to.include({ code: 403 });
    expect(order).to.deep.equal([
      'enter /lobby',
      'authenticate /lobby',
      'connect /lobby',
      'before /lobby',
      'disconnect /lobby',
      'enter /lobby',
      'authenticate /lobby',
      'connect /lobby',
    ]);
  });

  it('is reached by the actions of the gateway', async () => {
    const running = await start(LobbyGateway);
    methodsOf(running).registerNamespace('/lobby');
    const client = await connect(running, '/lobby');
    const hello = next(client, 'hello');
    await running.broker.call('gateway.broadcast', { event: 'hello', args: [1], namespace: '/lobby' });
    expect(await hello).to.deep.equal([1]);
    expect(await running.broker.call('gateway.getClients', {})).to.deep.equal([client.id]);
  });

  it('takes a name without a slash as one with it', async () => {
    const running = await start(LobbyGateway);
    expect(methodsOf(running).registerNamespace('lobby').name).to.equal('/lobby');
    await connect(running, '/lobby');
    await methodsOf(running).removeNamespace('lobby');
    await refused(newClient(running, '/lobby'));
  });

  it("serves '/' where nobody has it yet", async () => {
    const running = await start(LobbyGateway);
    await refused(newClient(running, '/'));
    methodsOf(running).registerNamespace('/');
    expect((await ask(await connect(running, '/'), 'where')).result[0]).to.equal('/');
    await methodsOf(running).removeNamespace('/');
    await refused(newClient(running, '/'));
  });

  it('rejects a name that there is already, its own or of another gateway', async () => {
    @SocketNamespace('/other', { name: 'other', settings })
    class OtherGateway extends SocketGateway {
      @SocketEvent()
      where() {
        return 'other';
      }
    }
    const running = await start([LobbyGateway, OtherGateway]);
    methodsOf(running).registerNamespace('/lobby');
    for (const name of ['/x', '/lobby', '/other', 'x']) {
      expect((await failure(async () => methodsOf(running).registerNamespace(name))).message).to.include(
        'already exists',
      );
    }
    expect(served(running)).to.deep.equal(['/', '/lobby', '/other', '/x']);
    expect((await ask(await connect(running, '/other'), 'where')).result).to.equal('other');
    expect((await ask(await connect(running, '/x'), 'where')).result[0]).to.equal('/x');
  });

  it('gives a name to one of two who ask at once', async () => {
    const running = await start(LobbyGateway);
    const results = await Promise.allSettled(
      [1, 2].map(async () => methodsOf(running).registerNamespace('/lobby')),
    );
    expect(results.map(({ status }) => status).sort()).to.deep.equal(['fulfilled', 'rejected']);
  });

  it('rejects before the gateway has started, and after it has stopped, with a sentence', async () => {
    const broker = newBroker(LobbyGateway);
    const gateway = serviceOf(broker, 'gateway') as object as Registering;
    const when = () => failure(async () => gateway.registerNamespace('/lobby'));
    expect((await when()).message).to.match(/attached to no server/);
    await broker.start();
    await broker.stop();
    expect((await when()).message).to.match(/attached to no server/);
  });

  it('may be called in started()', async () => {
    @SocketNamespace('/x', { name: 'gateway', settings })
    class EagerGateway extends LobbyGateway {
      started() {
        this.registerNamespace('/lobby');
      }
    }
    const running = await start(EagerGateway);
    expect((await ask(await connect(running, '/lobby'), 'where')).result[0]).to.equal('/lobby');
  });

  it('leaves nothing that hangs when the broker stops, with clients in it', async () => {
    const running = await start(FullGateway);
    methodsOf(running).registerNamespace('/lobby');
    const client = await connect(running, '/lobby');
    const gone = next(client, 'disconnect');
    await running.broker.stop();
    await gone;
    expect(order.at(-1)).to.equal('disconnect /lobby');
    expect([...running.gateway.namespaces.keys()]).to.deep.equal([]);
  });
});

describe('removeNamespace()', () => {
  it('disconnects the sockets in it, and lets nobody in any more', async () => {
    const running = await start(FullGateway);
    methodsOf(running).registerNamespace('/lobby');
    const [lobby, x] = [await connect(running, '/lobby'), await connect(running, '/x')];
    const sibling = x.io.socket('/lobby');
    await new Promise<void>((resolve) => sibling.once('connect', resolve));
    const gone = [next(lobby, 'disconnect'), next(sibling, 'disconnect')];
    await methodsOf(running).removeNamespace('/lobby');
    expect((await gone[0])![0]).to.equal('io server disconnect');
    await gone[1];
    expect(order.filter((line) => line === 'disconnect /lobby')).to.have.length(2);
    expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/x']);
    expect(served(running)).to.deep.equal(['/', '/x']);
    expect((await refused(newClient(running, '/lobby'))).message).to.equal('Invalid namespace');
  });

  it('leaves other namespaces of the same connection alone', async () => {
    const running = await start(LobbyGateway);
    methodsOf(running).registerNamespace('/lobby');
    const x = await connect(running, '/x');
    const lobby = x.io.socket('/lobby');
    await new Promise<void>((resolve) => lobby.once('connect', resolve));
    const gone = next(lobby, 'disconnect');
    await methodsOf(running).removeNamespace('/lobby');
    await gone;
    expect((await ask(x, 'where')).result[0]).to.equal('/x');
  });

  it('removes a declared one too, which can be registered again', async () => {
    const running = await start(LobbyGateway);
    for (let i = 0; i < 3; i++) {
      const client = await connect(running, '/x');
      const gone = next(client, 'disconnect');
      await methodsOf(running).removeNamespace('/x');
      await gone;
      await refused(newClient(running, '/x'));
      methodsOf(running).registerNamespace('/x');
      expect((await ask(await connect(running, '/x'), 'where')).result[0]).to.equal('/x');
    }
  });

  it("rejects what there is not, and another gateway's", async () => {
    @SocketNamespace('/other', { name: 'other', settings })
    class OtherGateway extends SocketGateway {
      @SocketEvent()
      where() {
        return 'other';
      }
    }
    const running = await start([LobbyGateway, OtherGateway]);
    for (const name of ['/nowhere', '/other', '/']) {
      const error = await failure(async () => methodsOf(running).removeNamespace(name));
      expect(error.message).to.include('does not exist');
    }
    expect((await ask(await connect(running, '/other'), 'where')).result).to.equal('other');
  });

  it('makes the name unknown to the actions of the gateway', async () => {
    const running = await start(LobbyGateway);
    methodsOf(running).registerNamespace('/lobby');
    await methodsOf(running).removeNamespace('/lobby');
    const error = await failure(() =>
      running.broker.call('gateway.broadcast', { event: 'hello', namespace: '/lobby' }),
    );
    expect(error).to.include({ code: 404 });
    expect(served(running)).to.deep.equal(['/', '/x']);
  });
});
