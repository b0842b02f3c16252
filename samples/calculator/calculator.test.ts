import { expect } from 'chai';
import { io } from 'socket.io-client';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { CalculatorGateway, math } from './calculator';
import { start, WAYS } from './main';
import { tryIt } from './try';

describe('samples/calculator', () => {
  let calculator: TestGateway<CalculatorGateway>;
  let client: TestClient;

  beforeEach(async () => {
    calculator = await testGateway(CalculatorGateway, { services: [math] });
    client = await calculator.connect();
  });
  afterEach(() => calculator.close());

  /** Returns what an action is refused with. */
  const refusal = (action: string, params?: object) =>
    client.emit('call', action, params).then(
      () => expect.fail(`${action} was not refused`),
      (error: unknown) => error as { data: { field: string }[] },
    );

  it('adds and subtracts', async () => {
    expect(await client.emit('call', 'math.add', { a: 25, b: 13 })).to.equal(38);
    expect(await client.emit('call', 'math.sub', { a: 25, b: 13 })).to.equal(12);
    expect(await client.emit('call', 'plus', { a: 1, b: 2 })).to.equal(3);
    expect(await client.emit('call', 'minus', { a: 1, b: 2 })).to.equal(-1);
  });

  it('says what is wrong with numbers', async () => {
    const error = await refusal('math.add', { a: 25, b: 'thirteen' });
    expect(error).to.include({ name: 'ValidationError', code: 422 });
    expect(error.data[0]).to.include({ field: 'b', type: 'number' });
  });

  it('opens nothing but the calculator', async () => {
    for (const action of ['$node.health', 'calculator.getClients', 'math'])
      expect(await refusal(action), action).to.include({ name: 'ServiceNotFoundError', code: 404 });
  });
});

describe('samples/calculator, on a port', () => {
  for (const way of Object.keys(WAYS) as (keyof typeof WAYS)[]) {
    it(`answers over sockets: ${way}`, async () => {
      const { port, stop } = await start(0, way);
      const client = io(`http://localhost:${port}`, { forceNew: true });
      const answer = await new Promise<unknown[]>((resolve) => {
        client.emit('call', 'math.add', { a: 25, b: 13 }, (...args: unknown[]) => resolve(args));
      });
      client.close();
      await stop();
      expect(answer).to.deep.equal([null, 38]);
    });
  }

  it('leaves HTTP to the server that it is a guest of', async () => {
    const { port, stop } = await start(0, 'server');
    const response = await fetch(`http://localhost:${port}/`);
    expect(await response.text()).to.equal('This is a calculator.');
    await stop();
  });

  it('answers over HTTP too, beside moleculer-web', async () => {
    const { port, stop } = await start(0, 'web');
    const response = await fetch(`http://localhost:${port}/math/add`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ a: 25, b: 13 }),
    });
    expect(await response.json()).to.equal(38);
    await stop();
  });

  it('can be tried', async () => {
    const { port, stop } = await start(0);
    const printed: string[] = [];
    await tryIt(`http://localhost:${port}`, (line) => printed.push(line));
    await stop();
    expect(printed.slice(0, 2)).to.deep.equal(['math.add {"a":25,"b":13} => 38', 'plus {"a":1,"b":2} => 3']);
    expect(printed[2]).to.include('=> 422 ');
    expect(printed[3]).to.include('$node.health {} => 404 ');
  });
});
