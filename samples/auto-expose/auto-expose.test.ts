import { once } from 'node:events';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import type { ListedEvent } from 'moleculer-socket-gateway';
import { start } from './main';
import { tryIt } from './try';

describe('samples/auto-expose', () => {
  let shop: Awaited<ReturnType<typeof start>>;
  const clients: Socket[] = [];

  beforeEach(async () => {
    shop = await start(0);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await shop.stop();
  });

  const enter = (namespace: string, token?: string) => {
    const auth = token === undefined ? {} : { token };
    const client = io(`http://localhost:${shop.port}${namespace}`, {
      auth,
      forceNew: true,
      reconnection: false,
    });
    clients.push(client);
    return client;
  };
  /** Emits, and gives what the ack was called with: an error, or else a result. */
  const ask = (client: Socket, ...args: [string, ...unknown[]]) =>
    new Promise<{ error: any; result: any }>((resolve) => {
      client.emit(...args, (error: unknown, result: unknown) => resolve({ error, result }));
    });

  it('sells, and tells the clerks', async () => {
    const ada = enter('/shop', 'ada-token');
    const cleo = enter('/shop', 'cleo-token');
    await ask(cleo, 'order.watch');
    const told = once(cleo as never, 'ordered');
    const order = { id: 1, item: 'tea', customer: 'ada', sent: false };
    expect(await ask(ada, 'order.create', { item: 'tea' })).to.deep.equal({ error: null, result: order });
    expect(await told).to.deep.equal([order]);
    expect((await ask(ada, 'stock.list')).result).to.deep.equal({ tea: 1, cups: 1 });
    expect((await ask(cleo, 'order.list')).result).to.deep.equal([order]);
    expect((await ask(cleo, 'order.send', { id: 1 })).result).to.deep.equal({ ...order, sent: true });
    expect((await ask(cleo, 'order.list')).result).to.deep.equal([]);
  });

  it('asks who it is that wants something', async () => {
    const nobody = enter('/shop');
    const ada = enter('/shop', 'ada-token');
    expect((await ask(nobody, 'stock.list')).result).to.deep.equal({ tea: 2, cups: 1 });
    expect((await ask(nobody, 'order.create', { item: 'tea' })).error).to.include({ code: 401 });
    for (const event of ['order.list', 'order.watch', 'order.send'])
      expect((await ask(ada, event, { id: 1 })).error, event).to.include({ code: 403 });
  });

  it('says what is wrong with an order', async () => {
    const ada = enter('/shop', 'ada-token');
    expect((await ask(ada, 'order.create', {})).error).to.include({ name: 'ValidationError', code: 422 });
    await ask(ada, 'order.create', { item: 'cups' });
    expect((await ask(ada, 'order.create', { item: 'cups' })).error).to.deep.include({
      code: 404,
      type: 'SOLD_OUT',
      data: { item: 'cups' },
    });
  });

  it('does not show what asks for no event', async () => {
    const ada = enter('/shop', 'ada-token');
    for (const event of ['stock.take', 'take', 'open', 'shop.broadcast'])
      expect((await ask(ada, event, { item: 'tea' })).error, event).to.include({ type: 'EVENT_NOT_FOUND' });
    expect((await ask(ada, 'ask', { tea: { action: 'stock.take' } })).error).to.include({ code: 404 });
  });

  it('has a counter for clerks', async () => {
    const cleo = enter('/counter', 'cleo-token');
    expect((await ask(cleo, 'open')).result).to.deep.equal([]);
    expect((await ask(cleo, 'stock.list')).result).to.deep.equal({ tea: 2, cups: 1 });
    expect((await ask(cleo, 'order.watch')).error).to.include({ type: 'EVENT_NOT_FOUND' });
    const [error] = (await once(enter('/counter', 'ada-token') as never, 'connect_error')) as [Error];
    expect(error).to.have.nested.property('data.code', 403);
  });

  it('answers several questions at once', async () => {
    const client = enter('/shop');
    const { result } = await ask(client, 'ask', {
      stock: { action: 'stock.list' },
      again: { action: 'stock.list' },
    });
    expect(result).to.deep.equal({ stock: { tea: 2, cups: 1 }, again: { tea: 2, cups: 1 } });
  });

  it('serves a service that comes later to clients that are there', async () => {
    const client = enter('/counter', 'cleo-token');
    expect((await ask(client, 'tip')).error).to.include({ type: 'EVENT_NOT_FOUND' });
    shop.broker.createService({
      name: 'tips',
      actions: { next: { socket: 'tip', handler: () => 'Smile.' } },
    });
    let answer = await ask(client, 'tip');
    while (answer.error) answer = await ask(client, 'tip');
    expect(answer.result).to.equal('Smile.');
  });

  it('knows its events', async () => {
    const events = await shop.broker.call<ListedEvent[], object>('shop.listEvents', {});
    expect(events.map(({ event }) => event).sort()).to.deep.equal([
      'ask',
      'order.create',
      'order.list',
      'order.send',
      'order.watch',
      'stock.list',
    ]);
  });

  it('can be tried', async () => {
    const printed: string[] = [];
    await tryIt(`http://localhost:${shop.port}`, (line) => printed.push(line));
    const order = '{"id":1,"item":"tea","customer":"ada","sent":false}';
    expect(printed).to.deep.equal([
      'order.watch => null',
      'stock.list => {"tea":2,"cups":1}',
      `order.create => ${order}`,
      `the clerk is told: ${order}`,
      'order.list => 403 MISSING_ROLE',
      'ask => {"stock":{"tea":1,"cups":1},"again":{"tea":1,"cups":1}}',
    ]);
  });
});
