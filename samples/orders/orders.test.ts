import { once } from 'node:events';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { start } from './main';

describe('samples/orders', () => {
  let shop: Awaited<ReturnType<typeof start>>;
  const clients: Socket[] = [];

  beforeEach(async () => {
    shop = await start(0, 1);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await shop.stop();
  });

  function open(user?: string): Socket {
    const client = io(`http://localhost:${shop.port}/orders`, { forceNew: true, auth: { user } });
    clients.push(client);
    return client;
  }
  const connect = async (user: string) => {
    const client = open(user);
    await once(client as never, 'connect');
    return client;
  };
  /** Calls an action, and gives what the ack was called with: an error, or else a result. */
  const call = (client: Socket, action: string, params: object = {}) =>
    new Promise<{ error: any; result: any }>((resolve) => {
      client.emit('call', action, params, (error: unknown, result: unknown) => resolve({ error, result }));
    });
  /** All that a page is told, up to the time that an order is sent. */
  const untilSent = (client: Socket) =>
    new Promise<unknown[]>((resolve) => {
      const told: unknown[] = [];
      client.on('order.updated', (order: { status: string }) => {
        told.push(order);
        if (order.status === 'sent') resolve(told);
      });
    });

  it('tells all pages of the one who ordered what happens, and nobody else', async () => {
    const [page, phone, ben] = [await connect('ada'), await connect('ada'), await connect('ben')];
    const overheard: unknown[] = [];
    ben.onAny((...args) => overheard.push(args));
    const told = Promise.all([untilSent(page), untilSent(phone)]);
    expect((await call(page, 'orders.place', { item: 'tea' })).result).to.deep.equal({ id: 1 });
    const expected = ['placed', 'packed', 'sent'].map((status) => ({ id: 1, item: 'tea', status }));
    expect(await told).to.deep.equal([expected, expected]);
    expect((await call(ben, 'orders.list')).result).to.deep.equal([]);
    expect(overheard).to.deep.equal([]);
  });

  it('shows a page that comes later how things are', async () => {
    const page = await connect('ada');
    const told = untilSent(page);
    await call(page, 'orders.place', { item: 'tea' });
    await told;
    const { result } = await call(await connect('ada'), 'orders.list');
    expect(result).to.deep.equal([{ id: 1, userID: 'ada', item: 'tea', status: 'sent' }]);
  });

  it('lets in nobody who is nobody, and takes no order for nothing', async () => {
    for (const user of [undefined, '', 'a b', 'x'.repeat(21)]) {
      const [error] = (await once(open(user) as never, 'connect_error')) as [Error & { data: object }];
      expect(error.data, String(user)).to.include({ code: 401 });
    }
    expect((await call(await connect('ada'), 'orders.place', { item: '' })).error).to.include({ code: 422 });
  });

  it('serves the page, and nothing else', async () => {
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
  });
});
