import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { ask, connect, next, type Client } from '../support/run-gateway';

/** Longer than any test may take. */
const FOREVER = 600_000;

/** Starts a server with clients whose events are under way. */
async function startBusy(
  options: object,
  milliseconds: number,
): Promise<{ server: ChildServer; clients: Client[] }> {
  const server = await ChildServer.start('faults/drained-server', options);
  const clients = await Promise.all([1, 2, 3].map(() => connect(server, '/x')));
  return { server, clients: clients.map((client) => (client.emit('work', milliseconds), client)) };
}

describe('a process that drains', () => {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`answers what is under way and ends in order: ${signal}`, async () => {
      const { server, clients } = await startBusy({ drain: { window: 100, grace: FOREVER } }, 0);
      const reasons = Promise.all(clients.map((client) => next(client, 'disconnect')));
      const answers = Promise.all(clients.map((client) => ask(client, 'work', 500)));
      // Those before are answered: these have arrived.
      await Promise.all(clients.map((client) => ask(client, 'work', 0)));
      server.process.kill(signal);
      for (const { result } of await answers) expect(result).to.equal(500);
      for (const [reason] of await reasons) expect(reason).to.equal('transport close');
      expect(await server.ended).to.deep.equal({ code: 0, signal: null });
      expect(server.output).to.equal('');
      expect(server.failures).to.deep.equal([]);
    });
  }

  for (const [what, drain] of [
    ['its window', { window: FOREVER, grace: FOREVER }],
    ['its grace', { window: 0, grace: FOREVER }],
    ['its delay', { delay: FOREVER }],
  ] as const) {
    it(`ends ${what} at once with a second signal`, async () => {
      const { server, clients } = await startBusy({ drain }, FOREVER);
      await Promise.all(clients.map((client) => ask(client, 'work', 0)));
      server.process.kill('SIGTERM');
      // The first signal has been handled when new clients are refused, or when nothing more is ready.
      while ((await fetch(`${server.url}/ready`)).status !== 503) await new Promise(setImmediate);
      server.process.kill('SIGTERM');
      expect(await server.ended).to.deep.equal({ code: 0, signal: null });
      expect(server.failures).to.deep.equal([]);
    });
  }

  it('ends by a signal that nothing else listens to', async () => {
    const { server, clients } = await startBusy(
      { drain: { window: 0, grace: FOREVER }, isDeaf: true },
      FOREVER,
    );
    await Promise.all(clients.map((client) => ask(client, 'work', 0)));
    await server.ask('stop');
    server.process.kill('SIGTERM');
    expect(await server.ended).to.deep.equal({ code: null, signal: 'SIGTERM' });
  });
});
