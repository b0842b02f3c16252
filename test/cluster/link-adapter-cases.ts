import { expect } from 'chai';
import type { Namespace, Server, Socket } from 'socket.io';
import type { Client, LinkNode } from './link-nodes';

/** Three nodes, a client on each, and its socket. */
export interface CaseContext {
  readonly nodes: readonly LinkNode[];
  readonly servers: readonly Server[];
  readonly clients: readonly Client[];
  readonly sockets: readonly Socket[];
  /** Resolves when all that was sent has arrived. */
  readonly settle: () => Promise<void>;
}

type Case = (context: CaseContext) => Promise<void>;

/** What each client was sent. */
const received = ({ clients }: CaseContext): unknown[][][] => clients.map(({ events }) => events);
/** The rooms of each socket, but for the one with its id. */
const rooms = ({ sockets }: CaseContext): unknown[][] =>
  sockets.map((socket) => [...socket.rooms].filter((room) => room !== socket.id).sort());

/** Lets each client answer an event. */
function answer({ clients }: CaseContext, ...answers: unknown[]): void {
  clients.forEach(({ socket }, index) => {
    socket.on('question', (...args: unknown[]) => {
      if (answers[index] !== undefined) (args.at(-1) as (value: unknown) => void)(answers[index]);
    });
  });
}

/** Volatile packets are dropped while another is being written. */
async function writable({ sockets }: CaseContext): Promise<void> {
  while (!sockets.every(({ conn }) => conn.transport.writable)) await new Promise(setImmediate);
}

async function arrived({ clients }: CaseContext, event: string): Promise<void> {
  await Promise.all(clients.map((client) => client.until(event)));
}

const HELLO = ['hello'];

/** What adapters of Socket.IO must do. */
export const ADAPTER_CASES: Record<string, Case> = {
  'broadcasts to all clients': async (context) => {
    context.servers[0]!.emit('hello', 1, '2', Buffer.from([3, 4]));
    await context.settle();
    const event = ['hello', 1, '2', Buffer.from([3, 4])];
    expect(received(context)).to.deep.equal([[event], [event], [event]]);
  },
  'broadcasts to the clients of a namespace': async (context) => {
    const custom = context.servers.map((server) => server.of('/custom'));
    const inside = await Promise.all(context.nodes.map((node) => node.client('/custom')));
    custom[1]!.emit('hello');
    await Promise.all(inside.map((client) => client.until('hello')));
    await context.settle();
    expect(received(context)).to.deep.equal([[], [], []]);
  },
  'broadcasts to a room': async (context) => {
    await context.sockets[1]!.join('room');
    context.servers[0]!.to('room').emit('hello');
    await context.settle();
    expect(received(context)).to.deep.equal([[], [HELLO], []]);
  },
  'broadcasts to a room whose name is a number': async (context) => {
    await context.sockets[0]!.join(123 as never);
    context.servers[1]!.to(123 as never).emit('hello');
    await context.settle();
    expect(received(context)).to.deep.equal([[HELLO], [], []]);
  },
  'broadcasts to no one if the room is not a name': async (context) => {
    context.servers[1]!.to({} as never).emit('hello');
    context.servers[1]!.to(undefined as never).emit('hello');
    await context.settle();
    expect(received(context)).to.deep.equal([[], [], []]);
  },
  'broadcasts to all but a room': async (context) => {
    await context.sockets[1]!.join('room');
    context.servers[0]!.except('room').emit('hello');
    await context.settle();
    expect(received(context)).to.deep.equal([[HELLO], [], [HELLO]]);
  },
  'broadcasts once to a client that is in several rooms': async (context) => {
    await context.sockets[0]!.join(['a', 'b']);
    await context.sockets[1]!.join(['a', 'b', 'c']);
    await context.sockets[2]!.join('a');
    context.servers[0]!.to('a').to('b').except('c').emit('hello');
    await context.settle();
    expect(received(context)).to.deep.equal([[HELLO], [], [HELLO]]);
  },
  'broadcasts to local clients only': async (context) => {
    context.servers[0]!.local.emit('hello');
    await context.settle();
    expect(received(context)).to.deep.equal([[HELLO], [], []]);
  },
  'emits to one client by its id': async (context) => {
    context.servers[0]!.to(context.clients[1]!.id).emit('hello');
    await context.settle();
    expect(received(context)).to.deep.equal([[], [HELLO], []]);
  },
  'broadcasts from a socket to the others': async (context) => {
    context.sockets[0]!.broadcast.emit('hello');
    await context.settle();
    expect(received(context)).to.deep.equal([[], [HELLO], [HELLO]]);
  },
  'broadcasts volatile and uncompressed packets': async (context) => {
    await writable(context);
    context.servers[0]!.volatile.emit('a', 1);
    await arrived(context, 'a');
    context.servers[0]!.compress(false).emit('b', 2);
    await arrived(context, 'b');
    await writable(context);
    context.servers[0]!.compress(true).volatile.emit('c', Buffer.from('3'));
    await arrived(context, 'c');
    const events = [
      ['a', 1],
      ['b', 2],
      ['c', Buffer.from('3')],
    ];
    expect(received(context)).to.deep.equal([events, events, events]);
  },
  'broadcasts bytes of every kind': async (context) => {
    const bytes = new Uint8Array([0, 1, 2, 3, 4]);
    context.servers[0]!.emit('hello', {
      view: bytes.subarray(1, 3),
      buffer: bytes.buffer,
      list: [Buffer.from('x')],
    });
    await context.settle();
    const event = [
      'hello',
      { view: Buffer.from([1, 2]), buffer: Buffer.from(bytes), list: [Buffer.from('x')] },
    ];
    expect(received(context)).to.deep.equal([[event], [event], [event]]);
  },
  'shows listeners of outgoing events what is broadcast': async (context) => {
    const seen: unknown[][] = [];
    context.sockets[1]!.onAnyOutgoing((...args: unknown[]) => seen.push(args));
    context.servers[0]!.emit('hello', { deep: [1] }, Buffer.from('x'));
    await context.settle();
    expect(seen).to.deep.include(['hello', { deep: [1] }, Buffer.from('x')]);
  },

  'collects acknowledgements': async (context) => {
    answer(context, 1, { two: 2 }, Buffer.from([3]));
    const answers: unknown[] = await context.servers[0]!.timeout(2000).emitWithAck('question');
    expect(answers).to.have.deep.members([1, { two: 2 }, Buffer.from([3])]);
  },
  'collects acknowledgements of no client at once': async ({ servers }) => {
    expect(await servers[0]!.to('nowhere').timeout(60_000).emitWithAck('question')).to.deep.equal([]);
  },
  'gives those that came in time if a client does not acknowledge': async (context) => {
    answer(context, 1, undefined, 3);
    const error = await context.servers[0]!.timeout(200)
      .emitWithAck('question')
      .then(
        () => expect.fail('must time out'),
        (failure: unknown) => failure as Error & { responses: unknown[] },
      );
    expect(error.message).to.equal('operation has timed out');
    expect(error.responses).to.have.members([1, 3]);
  },
  'collects acknowledgements of local clients only': async (context) => {
    answer(context, 1, 2, 3);
    expect(await context.servers[0]!.local.timeout(60_000).emitWithAck('question')).to.deep.equal([1]);
  },
  'gives the acknowledgement of a local and of a remote socket alone': async (context) => {
    answer(context, 1, 2, 3);
    const sockets = await context.servers[0]!.fetchSockets();
    const asked = await Promise.all(
      context.clients.map(({ id }) =>
        sockets
          .find((socket) => socket.id === id)!
          .timeout(2000)
          .emitWithAck('question'),
      ),
    );
    expect(asked).to.deep.equal([1, 2, 3]);
  },

  'makes all sockets join a room': async (context) => {
    context.servers[0]!.socketsJoin('room');
    await context.settle();
    expect(rooms(context)).to.deep.equal([['room'], ['room'], ['room']]);
  },
  'makes the sockets of a room join others': async (context) => {
    await context.sockets[0]!.join('room');
    await context.sockets[2]!.join('room');
    context.servers[1]!.in('room').socketsJoin(['x', 'y']);
    await context.settle();
    expect(rooms(context)).to.deep.equal([['room', 'x', 'y'], [], ['room', 'x', 'y']]);
  },
  'makes one socket join a room': async (context) => {
    context.servers[0]!.in(context.clients[1]!.id).socketsJoin('room');
    await context.settle();
    expect(rooms(context)).to.deep.equal([[], ['room'], []]);
  },
  'makes all sockets leave a room': async (context) => {
    for (const socket of context.sockets) await socket.join(['room', 'other']);
    context.servers[2]!.socketsLeave('room');
    await context.settle();
    expect(rooms(context)).to.deep.equal([['other'], ['other'], ['other']]);
  },
  'makes the sockets of a room leave others': async (context) => {
    await context.sockets[0]!.join(['a', 'b']);
    await context.sockets[1]!.join(['a', 'b']);
    await context.sockets[2]!.join('b');
    context.servers[0]!.in('a').socketsLeave('b');
    await context.settle();
    expect(rooms(context)).to.deep.equal([['a'], ['a'], ['b']]);
  },
  'makes one socket leave a room': async (context) => {
    for (const socket of context.sockets) await socket.join('room');
    context.servers[0]!.in(context.clients[1]!.id).socketsLeave('room');
    await context.settle();
    expect(rooms(context)).to.deep.equal([['room'], [], ['room']]);
  },
  'reaches the sockets that it has just made join, here and elsewhere': async (context) => {
    context.servers[0]!.socketsJoin('room');
    context.servers[0]!.to('room').emit('hello');
    context.servers[0]!.socketsLeave('room');
    context.servers[0]!.to('room').emit('never');
    await context.settle();
    expect(received(context)).to.deep.equal([[HELLO], [HELLO], [HELLO]]);
  },
  'disconnects all sockets after what was sent before': async (context) => {
    const reasons = context.clients.map(
      ({ socket }) => new Promise((resolve) => socket.once('disconnect', resolve)),
    );
    context.servers[0]!.emit('hello');
    context.servers[0]!.disconnectSockets();
    context.servers[0]!.emit('never');
    expect(await Promise.all(reasons)).to.deep.equal(Array(3).fill('io server disconnect'));
    expect(received(context)).to.deep.equal([[HELLO], [HELLO], [HELLO]]);
  },
  'closes the connections of a room': async (context) => {
    await context.sockets[2]!.join('room');
    const gone = new Promise((resolve) => context.clients[2]!.socket.once('disconnect', resolve));
    context.servers[0]!.in('room').disconnectSockets(true);
    expect(await gone).to.equal('io server disconnect');
    await context.settle();
    expect(context.clients.map(({ socket }) => socket.connected)).to.deep.equal([true, true, false]);
  },

  'fetches the sockets of all nodes': async ({ servers, clients }) => {
    const sockets = await servers[0]!.fetchSockets();
    expect(sockets.map(({ id }) => id)).to.have.members(clients.map(({ id }) => id));
  },
  'fetches a socket with its data, rooms and handshake': async ({ servers, sockets, clients }) => {
    sockets[1]!.data = { name: 'Ann', bytes: Buffer.from('x') };
    await sockets[1]!.join('room');
    const [socket] = await servers[0]!.in(clients[1]!.id).fetchSockets();
    expect(socket!.data).to.deep.equal({ name: 'Ann', bytes: Buffer.from('x') });
    expect([...socket!.rooms]).to.deep.equal([clients[1]!.id, 'room']);
    expect(socket!.handshake).to.deep.equal(JSON.parse(JSON.stringify(sockets[1]!.handshake)));
  },
  'fetches local sockets only': async ({ servers, clients }) => {
    expect((await servers[0]!.local.fetchSockets()).map(({ id }) => id)).to.deep.equal([clients[0]!.id]);
  },
  'gives the ids of all sockets': async ({ servers, clients }) => {
    expect([...(await servers[1]!.of('/').adapter.sockets(new Set()))]).to.have.members(
      clients.map(({ id }) => id),
    );
  },
  'gives the rooms of all nodes': async ({ servers, sockets, clients }) => {
    await sockets[0]!.join('a');
    await sockets[2]!.join(['a', 'b']);
    const all = await adapterOf(servers[1]!.of('/')).allRooms();
    expect([...all]).to.have.members([...clients.map(({ id }) => id), 'a', 'b']);
  },
  'counts the nodes': async ({ servers }) => {
    expect(await servers[0]!.of('/').adapter.serverCount()).to.equal(3);
  },

  'sends events to the other servers': async ({ servers, settle }) => {
    const heard: unknown[] = [];
    servers.forEach((server, index) =>
      server.once('question' as never, ((...args: unknown[]) => heard.push([index, ...args])) as never),
    );
    servers[0]!.serverSideEmit('question' as never, 'world', 1, Buffer.from('2'));
    await settle();
    expect(heard).to.have.deep.members([
      [1, 'world', 1, Buffer.from('2')],
      [2, 'world', 1, Buffer.from('2')],
    ]);
  },
  'collects the answers of the other servers': async ({ servers }) => {
    servers.forEach((server, index) =>
      server.on(
        'question' as never,
        ((factor: number, ack: (value: unknown) => void) => ack(index * factor)) as never,
      ),
    );
    expect(await servers[0]!.serverSideEmitWithAck('question' as never, 10)).to.have.members([10, 20]);
  },
};

function adapterOf(namespace: Namespace): { allRooms(): Promise<Set<string>> } {
  return namespace.adapter as never;
}
