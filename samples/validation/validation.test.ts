import { expect } from 'chai';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { start } from './main';
import { ShopGateway } from './shop-gateway';
import { tryIt } from './try';

describe('samples/validation', () => {
  let shop: TestGateway<ShopGateway>;
  let client: TestClient;

  beforeEach(async () => {
    shop = await testGateway(ShopGateway);
    client = await shop.connect();
  });
  afterEach(() => shop.close());

  const ask = (event: string, ...args: unknown[]): Promise<{ error: any; result: any }> =>
    client.emit(event, ...args).then(
      (result) => ({ error: null, result }),
      (error: unknown) => ({ error, result: undefined }),
    );
  const tea = { product: 'green tea', count: 2 };
  const address = { street: 'Main Street 1', postalCode: '12345' };

  it('takes orders', async () => {
    const { error, result } = await ask('order', { items: [tea, tea], delivery: 'courier', address });
    expect([error, result]).to.deep.equal([null, { count: 4, to: 'Main Street 1' }]);
    expect((await ask('order', { items: [tea], delivery: 'pickup', more: 1 })).result).to.deep.equal({
      count: 2,
      to: 'the counter',
    });
  });

  it('says what is wrong with an order', async () => {
    const { error } = await ask('order', {
      items: [tea, { product: 7, count: 1000 }],
      delivery: 'courier',
      address: { ...address, postalCode: 'X' },
      note: '',
    });
    expect(error).to.include({ name: 'ValidationError', code: 422, type: 'VALIDATION_ERROR' });
    expect(error.data).to.have.deep.members([
      { field: 'items.1.product', type: 'isString', message: 'product must be a string', actual: 7 },
      {
        field: 'items.1.count',
        type: 'max',
        message: 'count must not be greater than 99',
        expected: 99,
        actual: 1000,
      },
      {
        field: 'address.postalCode',
        type: 'matches',
        message: 'A postal code has five digits.',
        actual: 'X',
      },
      {
        field: 'note',
        type: 'isLength',
        message: 'note must be longer than or equal to 1 characters',
        expected: [1, 200],
        actual: '',
      },
    ]);
  });

  it('wants an address for the courier only', async () => {
    const { error } = await ask('order', { items: [tea], delivery: 'courier' });
    expect(error.data).to.have.length(1);
    expect(error.data[0]).to.include({ field: 'address', type: 'isDefined' });
    const ignored = await ask('order', { items: [tea], delivery: 'pickup', address: 'Main Street 1' });
    expect(ignored.error).to.equal(null);
  });

  it('checks every item of an array', async () => {
    expect((await ask('basket', [tea, { product: 'teapot' }])).result).to.deep.equal([
      '2 × green tea',
      '1 × teapot',
    ]);
    const { error } = await ask('basket', [tea, { product: 'teapot', count: 0 }]);
    expect(error.data).to.have.length(1);
    expect(error.data[0]).to.include({ field: '1.count', type: 'min' });
  });

  it('searches by a schema', async () => {
    expect((await ask('search', { text: ' tea' })).result).to.deep.equal({
      page: 1,
      found: ['green tea', 'black tea', 'teapot'],
    });
    expect((await ask('search', { text: 't', page: 0 })).error.data).to.deep.include.members([
      { field: 'text', type: 'too_small', message: 'Too small: expected string to have >=2 characters' },
    ]);
  });

  it("asks Moleculer's validator", async () => {
    expect((await ask('rate', { product: 'teapot', stars: 3 })).result).to.equal('teapot: ★★★');
    const { error } = await ask('rate', { product: 'teapot', stars: 6 });
    expect(error.data).to.deep.equal([
      {
        field: 'stars',
        type: 'numberMax',
        message: "The 'stars' field must be less than or equal to 5.",
        expected: 5,
        actual: 6,
      },
    ]);
  });
});

describe('samples/validation, on a port', () => {
  it('can be tried', async () => {
    const { port, stop } = await start(0);
    const printed: string[] = [];
    await tryIt(`http://localhost:${port}`, (line) => printed.push(line));
    await stop();
    expect(printed[0]).to.equal('order => 422');
    expect(printed).to.include('  address.postalCode: A postal code has five digits.');
    expect(printed.filter((line) => line.startsWith('search') || line.startsWith('rate'))).to.deep.equal([
      'search => 422',
      'rate => 422',
    ]);
    expect(printed.at(-1)).to.equal('order => {"count":1,"to":"the counter"}');
  });
});
