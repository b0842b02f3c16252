import { expect } from 'chai';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { start } from './main';
import { OrderGateway } from './order-gateway';
import { orders } from './orders';

describe('samples/orders', () => {
  let shop: TestGateway<OrderGateway>;

  beforeEach(async () => {
    shop = await testGateway(OrderGateway, { services: [orders(1)], timeout: 10_000 });
  });
  afterEach(() => shop.close());

  const connect = (user?: string) => shop.connect({ auth: { user } });
  /** Returns all that a page is told, up to the time that an order is sent. */
  const untilSent = async (page: TestClient) => {
    await page.received('order.updated', { where: ({ status }: { status: string }) => status === 'sent' });
    return page.events.map(({ args }) => args[0] as unknown);
  };

  it('tells all pages of the one who ordered what happens, and nobody else', async () => {
    const [page, phone, ben] = [await connect('ada'), await connect('ada'), await connect('ben')];
    expect(await page.emit('call', 'orders.place', { item: 'tea' })).to.deep.equal({ id: 1 });
    const expected = ['placed', 'packed', 'sent'].map((status) => ({ id: 1, item: 'tea', status }));
    expect(await Promise.all([untilSent(page), untilSent(phone)])).to.deep.equal([expected, expected]);
    expect(await ben.emit('call', 'orders.list')).to.deep.equal([]);
    await shop.settled();
    expect(ben.events).to.deep.equal([]);
  });

  it('shows a page that comes later how things are', async () => {
    const page = await connect('ada');
    await page.emit('call', 'orders.place', { item: 'tea' });
    await untilSent(page);
    const listed = await (await connect('ada')).emit('call', 'orders.list');
    expect(listed).to.deep.equal([{ id: 1, userID: 'ada', item: 'tea', status: 'sent' }]);
  });

  it('lets in nobody who is nobody, and takes no order for nothing', async () => {
    const refusal = (promise: Promise<unknown>) =>
      promise.then(
        () => expect.fail('it was not refused'),
        (error: unknown) => error,
      );
    for (const user of [undefined, '', 'a b', 'x'.repeat(21)])
      expect(await refusal(connect(user)), String(user)).to.include({ code: 401 });
    const ada = await connect('ada');
    expect(await refusal(ada.emit('call', 'orders.place', { item: '' }))).to.include({ code: 422 });
  });
});

describe('samples/orders, on a port', () => {
  it('serves the page, and nothing else', async () => {
    const shop = await start(0, 1);
    const get = async (path: string) => {
      const response = await fetch(`http://localhost:${shop.port}${path}`);
      // A body that is not read keeps the connection open.
      await response.arrayBuffer();
      return response.status;
    };
    for (const path of ['/', '/?user=ada', '/orders.js', '/orders.css', '/socket.io/socket.io.js'])
      expect(await get(path), path).to.equal(200);
    for (const path of ['/main.ts', '/%2e%2e/main.ts', '/constructor'])
      expect(await get(path), path).to.equal(404);
    await shop.stop();
  });
});
