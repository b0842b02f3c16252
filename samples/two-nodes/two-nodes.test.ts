import { once } from 'node:events';
import { expect } from 'chai';
import * as sinon from 'sinon';
import { io, type Socket } from 'socket.io-client';
import { describeWithRedis, startRedis } from '../../test/cluster/redis-server';
import { start } from './main';
import { tryIt } from './try';

describeWithRedis('samples/two-nodes', (redis) => {
  let nodes: Awaited<ReturnType<typeof start>>;
  let ada: Socket;
  let ben: Socket;

  const enter = async (url: string, name: unknown) => {
    const client = io(url, { auth: { name }, forceNew: true });
    await once(client as never, 'connect');
    return client;
  };
  /** Emits, and gives what the ack was called with: an error, or else a result. */
  const ask = (client: Socket, event: string, ...body: unknown[]) =>
    new Promise<{ error: any; result: any }>((resolve) => {
      client.emit(event, ...body, (error: unknown, result: unknown) => resolve({ error, result }));
    });

  beforeEach(async () => {
    nodes = await start(0, redis().url);
    ada = await enter(nodes.north.url, 'Ada');
    ben = await enter(nodes.south.url, 'Ben');
    // Nobody says when Redis has told the nodes of each other.
    for (const client of [ada, ben]) while ((await ask(client, 'people')).result.length < 2);
  });
  afterEach(async () => {
    ada.close();
    ben.close();
    await nodes.stop();
  });

  it('takes a note to those on the other node, and not back to its writer', async () => {
    const mine: unknown[] = [];
    ada.on('note', (note) => mine.push(note));
    const read = once(ben as never, 'note');
    const note = { from: 'Ada', node: 'north', text: 'Tea is ready.' };
    expect(await ask(ada, 'pin', { text: 'Tea is ready.' })).to.deep.equal({ error: null, result: note });
    expect(await read).to.deep.equal([note]);

    const answer = once(ada as never, 'note');
    await ask(ben, 'pin', { text: 'Coming.' });
    await answer;
    expect(mine).to.deep.equal([{ from: 'Ben', node: 'south', text: 'Coming.' }]);
  });

  it('knows everybody on both nodes', async () => {
    for (const client of [ada, ben])
      expect((await ask(client, 'people')).result).to.deep.equal(['Ada', 'Ben']);
    expect(await nodes.north.broker.call('board.getClients')).to.have.members([ada.id, ben.id]);
  });

  it('asks somebody on the other node', async () => {
    ben.on('how-much', (answer: (cups: number) => void) => answer(2));
    const params = { socketId: ben.id, event: 'how-much', timeout: 1000 };
    expect(await nodes.north.broker.call('board.request', params)).to.equal(2);
  });

  it('sends a person away, wherever he is', async () => {
    const twin = await enter(nodes.north.url, 'Ben');
    try {
      const gone = Promise.all([ben, twin].map((client) => once(client as never, 'disconnect')));
      await nodes.north.broker.call('board.disconnect', { user: 'Ben' });
      for (const [reason] of await gone) expect(reason).to.equal('io server disconnect');
      expect((await ask(ada, 'people')).result).to.deep.equal(['Ada']);
    } finally {
      twin.close();
    }
  });

  it('lets nobody in who does not say his name, and pins nothing empty', async () => {
    const client = io(nodes.south.url, { auth: { name: '' }, forceNew: true, reconnection: false });
    const [error] = (await once(client as never, 'connect_error')) as [Error & { data: unknown }];
    client.close();
    expect(error.data).to.include({ code: 401 });
    expect((await ask(ada, 'pin', { text: '' })).error).to.include({ name: 'ValidationError', code: 422 });
  });

  it('does not start without Redis, and says so', async () => {
    const gone = await startRedis();
    await gone.stop();
    // The brokers report it, too.
    const printed = sinon.stub(console, 'error');
    try {
      const error = await start(0, gone.url).then(
        () => 'started',
        (reason: unknown) => reason,
      );
      expect(error).to.include({ code: 'ECONNREFUSED' });
      expect(printed.called).to.equal(true);
    } finally {
      printed.restore();
    }
  });
});

describe('samples/two-nodes, without Redis', () => {
  let nodes: Awaited<ReturnType<typeof start>>;

  beforeEach(async () => {
    nodes = await start(0);
  });
  afterEach(() => nodes.stop());

  it('can be tried: a note reaches the other node, and each knows who is on both', async () => {
    const { north, south } = nodes;
    const printed: string[] = [];
    await tryIt(north.url, south.url, (line) => printed.push(line));
    expect(printed).to.deep.equal([
      `Ada is on ${north.url}, Ben on ${south.url}.`,
      'Ben reads: "Tea is ready." (Ada, on node north)',
      'Ben asks his node who is there, on any node: Ada and Ben',
    ]);
  });

  it('sends a person away from one node by an action of the other', async () => {
    const ben = io(nodes.south.url, { auth: { name: 'Ben' }, forceNew: true });
    await once(ben as never, 'connect');
    const gone = once(ben as never, 'disconnect');
    await nodes.north.broker.call('board.disconnect', { user: 'Ben' });
    expect(await gone).to.include('io server disconnect');
    ben.close();
  });
});
