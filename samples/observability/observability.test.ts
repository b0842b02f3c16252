import { once } from 'node:events';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { start } from './main';
import { tryIt } from './try';

describe('samples/observability', () => {
  let server: Awaited<ReturnType<typeof start>>;
  let client: Socket;
  let printed: string[];

  beforeEach(async () => {
    printed = [];
    server = await start({ gateway: 0, metrics: 0 }, (line) => printed.push(line));
    client = io(`http://localhost:${server.port}/math`, { forceNew: true });
    await once(client as never, 'connect');
    printed.length = 0;
  });
  afterEach(async () => {
    client.close();
    await server.stop();
  });

  /** Emits, and gives what the ack was called with: an error, or else a result. */
  const ask = (event: string, ...body: unknown[]) =>
    new Promise<{ error: any; result: any }>((resolve) => {
      client.emit(event, ...body, (error: unknown, result: unknown) => resolve({ error, result }));
    });
  /** What Prometheus would read. */
  const scrape = async () => (await fetch(server.metrics, { headers: { connection: 'close' } })).text();

  it('shows what happens as metrics', async () => {
    expect((await ask('sum', [1, 2, 3])).result).to.equal(6);
    expect((await ask('call', 'math.divide', { a: 1, b: 2 })).result).to.equal(0.5);
    expect((await ask('answer')).error).to.include({ code: 401 });
    expect((await ask('nothing')).error).to.include({ code: 404 });
    const metrics = await scrape();
    const valueOf = (name: string, ...labels: string[]) => {
      const line = metrics
        .split('\n')
        .find((one) => one.startsWith(`${name}{`) && labels.every((label) => one.includes(label)));
      return Number(line?.split('} ')[1]?.split(' ')[0]);
    };
    const total = (event: string) =>
      valueOf('moleculer_io_messages_total', 'namespace="/math"', `event="${event}"`);
    expect(['sum', 'call', 'answer', '*'].map(total)).to.deep.equal([1, 1, 1, 1]);
    for (const code of ['401', '404'])
      expect(valueOf('moleculer_io_messages_refused_total', `code="${code}"`)).to.equal(1);
    expect(valueOf('moleculer_io_socket_active', 'namespace="/math"')).to.equal(1);
    expect(metrics).to.include('moleculer_io_messages_time_bucket');
  });

  it('shows what an event has done as a trace', async () => {
    await ask('sum', [1, 2, 3]);
    const spans = [...printed.join('\n').matchAll(/(event '\w+' in '[^']+'|action '[\w.]+')/g)].map(
      ([name]) => name,
    );
    expect(spans).to.deep.equal(["event 'sum' in '/math'", ...Array<string>(3).fill("action 'math.add'")]);
  });

  it('shows which action of a trace has failed', async () => {
    expect((await ask('call', 'math.divide', { a: 1, b: 0 })).error).to.include({
      code: 422,
      type: 'BY_ZERO',
    });
    for (const name of ["event 'call' in '/math'", "action 'math.divide'"])
      expect(printed.join('\n')).to.include(`${name} ×`);
  });

  it('can be tried', async () => {
    const lines: string[] = [];
    await tryIt(`http://localhost:${server.port}`, (line) => lines.push(line));
    expect(lines).to.deep.equal(['sum => 6', 'call => 0.5', 'call => 422 BY_ZERO', 'answer => 401 NO_USER']);
  });
});
