import { expect } from 'chai';
import type { ListedEvent } from 'moleculer-socket-gateway';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { CounterGateway, ShopGateway } from './gateways';
import { start } from './main';
import { orderService, stockService } from './services';
import { tryIt } from './try';

/** Sends an event, and returns the error or the result that it is answered with. */
const ask = (client: TestClient, event: string, ...args: unknown[]): Promise<{ error: any; result: any }> =>
  client.emit(event, ...args).then(
    (result) => ({ error: null, result }),
    (error: unknown) => ({ error, result: undefined }),
  );

describe('samples/auto-expose', () => {
  let shop: TestGateway<ShopGateway>;

  beforeEach(async () => {
    shop = await testGateway(ShopGateway, {
      services: [CounterGateway, stockService(), orderService()],
      timeout: 10_000,
    });
  });
  afterEach(() => shop.close());

  const enter = (namespace: string, token?: string) =>
    shop.connect({ namespace, auth: token === undefined ? {} : { token } });

  it('sells, and tells the clerks', async () => {
    const ada = await enter('/shop', 'ada-token');
    const cleo = await enter('/shop', 'cleo-token');
    await cleo.emit('order.watch');
    const order = { id: 1, item: 'tea', customer: 'ada', sent: false };
    expect(await ada.emit('order.create', { item: 'tea' })).to.deep.equal(order);
    expect(await cleo.received('ordered')).to.deep.equal([order]);
    expect(await ada.emit('stock.list')).to.deep.equal({ tea: 1, cups: 1 });
    expect(await cleo.emit('order.list')).to.deep.equal([order]);
    expect(await cleo.emit('order.send', { id: 1 })).to.deep.equal({ ...order, sent: true });
    expect(await cleo.emit('order.list')).to.deep.equal([]);
  });

  it('asks who it is that wants something', async () => {
    const nobody = await enter('/shop');
    const ada = await enter('/shop', 'ada-token');
    expect(await nobody.emit('stock.list')).to.deep.equal({ tea: 2, cups: 1 });
    expect((await ask(nobody, 'order.create', { item: 'tea' })).error).to.include({ code: 401 });
    for (const event of ['order.list', 'order.watch', 'order.send'])
      expect((await ask(ada, event, { id: 1 })).error, event).to.include({ code: 403 });
  });

  it('says what is wrong with an order', async () => {
    const ada = await enter('/shop', 'ada-token');
    expect((await ask(ada, 'order.create', {})).error).to.include({ name: 'ValidationError', code: 422 });
    await ada.emit('order.create', { item: 'cups' });
    expect((await ask(ada, 'order.create', { item: 'cups' })).error).to.deep.include({
      code: 404,
      type: 'SOLD_OUT',
      data: { item: 'cups' },
    });
  });

  it('does not show what asks for no event', async () => {
    const ada = await enter('/shop', 'ada-token');
    for (const event of ['stock.take', 'take', 'open', 'shop.broadcast'])
      expect((await ask(ada, event, { item: 'tea' })).error, event).to.include({ type: 'EVENT_NOT_FOUND' });
    expect((await ask(ada, 'ask', { tea: { action: 'stock.take' } })).error).to.include({ code: 404 });
  });

  it('has a counter for clerks', async () => {
    const cleo = await enter('/counter', 'cleo-token');
    expect(await cleo.emit('open')).to.deep.equal([]);
    expect(await cleo.emit('stock.list')).to.deep.equal({ tea: 2, cups: 1 });
    expect((await ask(cleo, 'order.watch')).error).to.include({ type: 'EVENT_NOT_FOUND' });
    const refusal = await enter('/counter', 'ada-token').then(
      () => expect.fail('it was let in'),
      (error: unknown) => error,
    );
    expect(refusal).to.include({ code: 403 });
  });

  it('answers several questions at once', async () => {
    const client = await enter('/shop');
    const answers = await client.emit('ask', {
      stock: { action: 'stock.list' },
      again: { action: 'stock.list' },
    });
    expect(answers).to.deep.equal({ stock: { tea: 2, cups: 1 }, again: { tea: 2, cups: 1 } });
  });

  it('serves a service that comes later to clients that are there', async () => {
    const client = await enter('/counter', 'cleo-token');
    expect((await ask(client, 'tip')).error).to.include({ type: 'EVENT_NOT_FOUND' });
    shop.broker.createService({
      name: 'tips',
      actions: { next: { socket: 'tip', handler: () => 'Smile.' } },
    });
    let answer = await ask(client, 'tip');
    while (answer.error) answer = await ask(client, 'tip');
    expect(answer.result).to.equal('Smile.');
  });
});

describe('samples/auto-expose, on a port', () => {
  let shop: Awaited<ReturnType<typeof start>>;

  beforeEach(async () => {
    shop = await start(0);
  });
  afterEach(() => shop.stop());

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
