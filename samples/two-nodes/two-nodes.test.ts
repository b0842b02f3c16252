import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { start } from './main';

/** The processes of the nodes are compiled as those of other tests. */
const EXEC_ARGV = ['setup/moleculer-version.js', 'support/compile-once.js'].flatMap((file) => [
  '-r',
  join(__dirname, '../../test', file),
]);

describe('samples/two-nodes', function () {
  this.timeout(120_000);
  let sample: Awaited<ReturnType<typeof start>>;
  const clients: Socket[] = [];

  before(async () => {
    sample = await start(0, EXEC_ARGV);
  });
  after(() => sample?.stop());
  afterEach(() => {
    for (const client of clients.splice(0)) client.close();
  });

  /** A client, and the node that it has come to. */
  const enter = async (
    name: string,
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<{ client: Socket; node: string }> => {
    const client = io(`${sample.url}/board`, {
      auth: { name },
      transports: ['websocket'],
      forceNew: true,
      reconnectionDelay: 50,
      reconnectionDelayMax: 200,
      ...options,
    });
    clients.push(client);
    const [node] = (await once(client as never, 'node')) as [string];
    return { client, node };
  };
  /** Emits, and gives what the ack was called with: an error, or else a result. */
  const ask = (client: Socket, event: string, ...body: unknown[]) =>
    new Promise<{ error: any; result: any }>((resolve) => {
      client.emit(event, ...body, (error: unknown, result: unknown) => resolve({ error, result }));
    });

  /** Two clients on two nodes that have found each other: a machine that is busy takes its time for that. */
  const enterBoth = async () => {
    const both = [await enter('Ada'), await enter('Ben')] as const;
    for (const { client } of both) while ((await ask(client, 'people')).result.length < 2);
    return both;
  };

  it('takes a note to clients of the other node, and not back to its author', async () => {
    const [ada, ben] = await enterBoth();
    expect([ada.node, ben.node].sort()).to.deep.equal(['north', 'south']);
    const mine: unknown[] = [];
    ada.client.on('note', (note) => mine.push(note));
    const read = once(ben.client as never, 'note');
    const note = { id: 'tea', from: 'Ada', node: ada.node, text: 'Tea is ready.' };
    expect(await ask(ada.client, 'pin', { id: 'tea', text: 'Tea is ready.' })).to.deep.equal({
      error: null,
      result: note,
    });
    expect(await read).to.deep.equal([note]);
    const answer = once(ada.client as never, 'note');
    await ask(ben.client, 'pin', { id: 'coming', text: 'Coming.' });
    await answer;
    expect(mine).to.deep.equal([{ id: 'coming', from: 'Ben', node: ben.node, text: 'Coming.' }]);
    expect((await ask(ben.client, 'notes')).result).to.deep.include(note);
  });

  it('knows all clients on both nodes', async () => {
    const [ada, ben] = await enterBoth();
    for (const { client } of [ada, ben])
      expect((await ask(client, 'people')).result).to.deep.equal(['Ada', 'Ben']);
  });

  it('lets nobody in without a name, and pins nothing empty', async () => {
    const client = io(`${sample.url}/board`, {
      auth: { name: '' },
      transports: ['websocket'],
      forceNew: true,
    });
    clients.push(client);
    const [error] = (await once(client as never, 'connect_error')) as [Error & { data: unknown }];
    expect(error.data).to.include({ code: 401 });
    const ada = await enter('Ada');
    expect((await ask(ada.client, 'pin', { id: 'x', text: '' })).error).to.include({
      name: 'ValidationError',
    });
  });

  it('keeps clients in conversation while both nodes are restarted', async () => {
    const options = { retries: 1_000, ackTimeout: 60_000 };
    const talking = [await enter('Ada', options), await enter('Ben', options)];
    const nodes = new Map(talking.map(({ client, node }) => [client, new Set([node])]));
    const heard = new Map<Socket, string[]>(talking.map(({ client }) => [client, []]));
    let isOver = false;
    const pinned: string[] = [];
    const talk = async ({ client }: { client: Socket }, name: string): Promise<void> => {
      client.on('node', (node: string) => nodes.get(client)!.add(node));
      client.on('note', ({ id }: { id: string }) => heard.get(client)!.push(id));
      for (let number = 0; !isOver; number++) {
        const id = `${name}${number}`;
        const answer = await new Promise<unknown[]>((resolve) => {
          client.emit('pin', { id, text: id }, (...args: unknown[]) => resolve(args));
        });
        expect(answer.slice(0, 2)).to.deep.equal([null, null]);
        pinned.push(id);
      }
    };
    const conversation = Promise.all([talk(talking[0]!, 'a'), talk(talking[1]!, 'b')]);
    await sample.restart();
    isOver = true;
    await conversation;
    for (const seen of nodes.values()) expect([...seen].sort()).to.deep.equal(['north', 'south']);
    expect(pinned.length).to.be.above(20);
    const { result } = await new Promise<{ result: { id: string }[] }>((resolve) => {
      talking[0]!.client.emit('notes', (_lost: unknown, _error: unknown, notes: { id: string }[]) =>
        resolve({ result: notes }),
      );
    });
    // The last hundred, each once.
    const kept = result.map(({ id }) => id);
    expect(new Set(kept).size).to.equal(kept.length);
    for (const ids of heard.values()) expect(new Set(ids).size).to.equal(ids.length);
  });

  it('serves the page, and the client of Socket.IO', async () => {
    // A connection stays open until its body is read.
    const statusOf = async (path: string) => {
      const response = await fetch(sample.url + path);
      await response.arrayBuffer();
      return response.status;
    };
    for (const path of ['/', '/board.js', '/board.css', '/socket.io/socket.io.js'])
      expect(await statusOf(path), path).to.equal(200);
    expect(await statusOf('/other')).to.equal(404);
  });
});
