import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { acksOn, ask, askRaw, connect, newClient, refused, type Client } from '../support/run-gateway';
import { METHODS, type Way } from './failing-adapter';

/*
 * An adapter that throws, rejects, or emits `error`, in any of its methods, wherever Socket.IO, the gateway or the application
 * calls it.
 */

const WAYS: Way[] = ['throws', 'rejects', 'rejects later', 'reports'];

/** The uses of a handler that fail if the adapter throws in the method, and those that fail if it rejects. */
const FAILING: Record<string, { throws: string[]; rejects: string[] } | undefined> = {
  broadcast: { throws: ['io.emit', 'namespace.emit', 'socket.to().emit'], rejects: [] },
  broadcastWithAck: { throws: ['namespace.emit with an ack', 'emitWithAck'], rejects: ['emitWithAck'] },
  addAll: { throws: ['socket.join', 'socket.join, not awaited', 'socketsJoin'], rejects: ['socket.join'] },
  del: { throws: ['socket.leave', 'socket.leave, not awaited', 'socketsLeave'], rejects: ['socket.leave'] },
  addSockets: { throws: ['socketsJoin'], rejects: [] },
  delSockets: { throws: ['socketsLeave'], rejects: [] },
  disconnectSockets: { throws: ['disconnectSockets'], rejects: [] },
  fetchSockets: { throws: ['fetchSockets', 'fetchSockets, not awaited'], rejects: ['fetchSockets'] },
  sockets: { throws: ['allSockets'], rejects: ['allSockets'] },
  serverSideEmit: { throws: ['serverSideEmit'], rejects: [] },
  serverCount: {
    throws: ['serverCount', 'namespace.emit with an ack', 'emitWithAck'],
    rejects: ['serverCount', 'emitWithAck'],
  },
  socketRooms: { throws: ['socket.rooms'], rejects: [] },
};

const ACTIONS: [string, object][] = [
  ['x.broadcast', { event: 'told' }],
  ['x.getClients', {}],
  ['x.joinRooms', { rooms: ['room'], join: 'other' }],
  ['x.leaveRooms', { rooms: ['room'], leave: 'other' }],
  ['x.disconnect', { rooms: ['nobody'] }],
  ['x.request', { socketId: 'nobody', event: 'told', timeout: 50 }],
];

/** Returns true if a use of one method leads to another: with recovery, to `broadcast` and to `serverSideEmit`. */
function mayFail(method: string, use: string): boolean {
  if (method === 'broadcast') return use === 'socket.emit';
  if (method === 'serverSideEmit') return use === 'disconnectSockets';
  // Every event asks for the rooms of its socket.
  return method === 'socketRooms';
}

/** Connects, and goes: in order, and by a connection that is cut. Whatever becomes of it, it does so in time. */
async function comeAndGo(server: ChildServer, namespace: string): Promise<void> {
  for (const leave of [
    (client: Client) => client.disconnect(),
    (client: Client) => client.io.engine.close(),
  ]) {
    const client = newClient(server, namespace);
    await Promise.race([
      new Promise((resolve) => {
        for (const event of ['connect', 'connect_error', 'disconnect']) client.once(event, resolve);
      }),
      sleep(20_000, undefined, { ref: false }).then(() => {
        throw new Error(`nothing became of a client of ${namespace}`);
      }),
    ]);
    await sleep(10);
    leave(client);
  }
}

describe('an adapter that fails', () => {
  for (const [title, options] of Object.entries({
    'a class': {},
    'a class whose methods are arrow functions': { arrows: true },
    'a class that keeps sessions': { recovery: true },
  })) {
    describe(title, () => {
      let server: ChildServer;
      let uses: string[];
      before(async function () {
        this.timeout(60_000);
        server = await ChildServer.start('faults/adapter-server', options);
        uses = await server.ask<string[]>('uses');
      });
      after(() => server.stop());
      afterEach(() => server.ask('fail'));

      for (const method of METHODS) {
        it(`ends nothing but the event, the action or the connection: ${method}`, async function () {
          this.timeout(60_000);
          for (const way of WAYS) {
            const client = await connect(server, '/x');
            client.on('told', (...args) => {
              if (typeof args.at(-1) === 'function') args.at(-1)('heard');
            });
            await ask(client, 'use', 'socket.join');
            await server.ask('fail', method, way);
            const acks = acksOn(client);
            for (const use of uses) {
              const { error } = await ask(client, 'use', use);
              const { throws, rejects } = (method !== 'constructor' && FAILING[method]) || {
                throws: [],
                rejects: [],
              };
              const fails = way === 'throws' ? throws : way === 'reports' ? [] : rejects;
              if (fails.includes(use)) expect(error, `${way}: ${use}`).to.include({ code: 500 });
              else if (!mayFail(method, use)) expect(error, `${way}: ${use}`).to.equal(null);
            }
            await askRaw(client, 'move', 'another');
            expect(acks, 'every event is answered once').to.have.length(uses.length + 1);
            for (const [action, params] of ACTIONS) await server.ask('call', action, params);
            await comeAndGo(server, '/x');
            await comeAndGo(server, '/tenants/1');
            client.io.engine.close();
            await sleep(20);
            await server.ask('fail');
            server.check();

            for (const namespace of ['/x', '/tenants/1']) {
              const other = await connect(server, namespace);
              expect((await ask(other, 'ping')).result).to.equal('pong');
              other.disconnect();
            }
          }
        });
      }
    });
  }

  describe('says so', () => {
    let server: ChildServer;
    before(async function () {
      this.timeout(60_000);
      server = await ChildServer.start('faults/adapter-server', { recovery: true });
    });
    after(() => server.stop());
    afterEach(() => server.ask('fail'));

    /** The log since the fault began, when it has this line. */
    async function logged(line: string): Promise<void> {
      let lines: string[] = [];
      for (let waited = 0; waited < 1000 && !lines.some((one) => one.includes(line)); waited++) {
        await sleep(10);
        lines = await server.ask<string[]>('logged');
      }
      expect(lines.join('\n')).to.include(line);
    }

    let tenants = 100;
    const CALLS: Record<string, (client: Client) => unknown> = {
      broadcast: (client) => ask(client, 'use', 'io.emit'),
      addAll: (client) => ask(client, 'use', 'socket.join, not awaited'),
      del: (client) => ask(client, 'use', 'socket.leave, not awaited'),
      broadcastWithAck: (client) => ask(client, 'use', 'namespace.emit with an ack'),
      serverCount: (client) => ask(client, 'use', 'namespace.emit with an ack'),
      addSockets: (client) => ask(client, 'use', 'socketsJoin'),
      delSockets: (client) => ask(client, 'use', 'socketsLeave'),
      disconnectSockets: (client) => ask(client, 'use', 'disconnectSockets'),
      serverSideEmit: (client) => ask(client, 'use', 'serverSideEmit'),
      delAll: (client) => client.disconnect(),
      persistSession: (client) => client.io.engine.close(),
      init: () => newClient(server, `/tenants/${++tenants}`),
      close: async () => (await connect(server, `/tenants/${++tenants}`)).disconnect(),
    };
    for (const [method, call] of Object.entries(CALLS)) {
      it(`in the log: ${method}`, async () => {
        const client = await connect(server, '/x');
        await server.ask('fail', method, 'rejects');
        await call(client);
        await logged(`XGateway: ${method}() of the adapter failed: Error: ${method} is down`);
        await server.ask('fail', method, 'reports');
        await call(await connect(server, '/x'));
        await logged(`XGateway: the adapter reports an 'error': Error: ${method} is down`);
      });
    }

    it('to a client that cannot join the room of its id: 503, and it may come again', async () => {
      await server.ask('fail', 'addAll', 'throws');
      const client = newClient(server, '/x');
      const { message, data } = await refused(client);
      expect(message).to.equal('Service unavailable');
      expect(data).to.deep.equal({
        name: 'ServiceUnavailableError',
        message: 'Service unavailable',
        code: 503,
        type: 'ADAPTER_FAILED',
        data: { retryable: true },
      });
      await server.ask('fail');
      client.connect();
      expect((await ask(client, 'ping')).result).to.equal('pong');
    });

    it('to a client that is in when the adapter rejects: it is disconnected', async () => {
      await server.ask('fail', 'addAll', 'rejects later');
      const client = newClient(server, '/x');
      const reason = await new Promise((resolve) => client.once('disconnect', resolve));
      expect(reason).to.equal('io server disconnect');
    });

    for (const method of ['persistSession', 'restoreSession']) {
      for (const way of ['throws', 'rejects']) {
        it(`and a client that comes back enters anew: ${method} ${way}`, async () => {
          const client = newClient(server, '/x', { reconnection: true, reconnectionDelay: 10 });
          await new Promise<void>((resolve) => client.once('connect', resolve));
          const { id } = client;
          await ask(client, 'use', 'io.emit');
          await server.ask('fail', method, way);
          const back = new Promise<void>((resolve) => client.once('connect', resolve));
          client.io.engine.close();
          await back;
          expect(client.recovered).to.equal(false);
          expect(client.id).not.to.equal(id);
          expect((await ask(client, 'ping')).result).to.equal('pong');
        });
      }
    }

    it('also where the application has replaced it', async () => {
      await server.ask('replace');
      const client = await connect(server, '/x');
      await server.ask('fail', 'broadcast', 'rejects');
      expect((await ask(client, 'use', 'io.emit')).result).to.equal('done');
      await logged('broadcast() of the adapter failed');
      server.check();
    });
  });

  it('ends nothing where it is Socket.IO’s own, and listeners of the application to its rooms fail', async () => {
    const server = await ChildServer.start('faults/adapter-server', { listeners: true });
    await server.ask('listen');
    const rooms = await server.ask<number>('rooms');
    for (const event of ['create-room', 'join-room', 'leave-room', 'delete-room']) {
      await server.ask('fail', event);
      const client = await connect(server, '/x');
      expect((await ask(client, 'use', 'socket.join')).result).to.equal('done');
      expect((await ask(client, 'use', 'socket.leave')).result).to.equal('done');
      client.disconnect();
      while ((await server.ask<number>('rooms')) > rooms) await sleep(5);
      expect((await server.ask<string[]>('logged')).join('\n')).to.include(
        `a listener of '${event}' failed: Error: a listener of ${event} failed`,
      );
      server.check();
    }
    await server.stop();
  });

  it('does not keep the server from stopping where it cannot be closed', async () => {
    const server = await ChildServer.start('faults/adapter-server');
    await connect(server, '/x');
    await connect(server, '/tenants/1');
    await server.ask('fail', 'close', 'throws');
    await server.stop();
  });
});
