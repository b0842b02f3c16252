import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { start, WAYS } from './main';
import { tryIt } from './try';

describe('samples/calculator', () => {
  for (const way of Object.keys(WAYS) as (keyof typeof WAYS)[]) {
    describe(way, () => {
      let calculator: Awaited<ReturnType<typeof start>>;
      let client: Socket;

      beforeEach(async () => {
        calculator = await start(0, way);
        client = io(`http://localhost:${calculator.port}`, { forceNew: true });
      });
      afterEach(async () => {
        client.close();
        await calculator.stop();
      });

      /** Calls an action, and gives what the ack was called with. */
      const call = (...args: unknown[]) =>
        new Promise<any[]>((resolve) => {
          client.emit('call', ...args, (...answer: unknown[]) => resolve(answer));
        });

      it('adds and subtracts', async () => {
        expect(await call('math.add', { a: 25, b: 13 })).to.deep.equal([null, 38]);
        expect(await call('math.sub', { a: 25, b: 13 })).to.deep.equal([null, 12]);
        expect(await call('plus', { a: 1, b: 2 })).to.deep.equal([null, 3]);
        expect(await call('minus', { a: 1, b: 2 })).to.deep.equal([null, -1]);
      });

      it('says what is wrong with numbers', async () => {
        const [error] = await call('math.add', { a: 25, b: 'thirteen' });
        expect(error).to.include({ name: 'ValidationError', code: 422 });
        expect(error.data[0]).to.include({ field: 'b', type: 'number' });
      });

      it('opens nothing but the calculator', async () => {
        for (const action of ['$node.health', 'calculator.getClients', 'math']) {
          const [error] = await call(action);
          expect(error, action).to.include({ name: 'ServiceNotFoundError', code: 404 });
        }
      });
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
