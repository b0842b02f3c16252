import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { connected, newClient, type Client } from '../support/run-gateway';

/** Works without a break, and comes back when it is sent away. */
class Worker {
  readonly outcomes = new Map<number, unknown[]>();
  readonly lost = new Set<number>();
  disconnects = 0;
  private sent = 0;
  private underWay = new Set<number>();
  private stopped = false;

  constructor(readonly client: Client) {
    client.on('connect', () => this.work());
    client.on('disconnect', () => {
      this.disconnects++;
      for (const number of this.underWay) this.lost.add(number);
      this.underWay.clear();
    });
  }

  work(): void {
    while (!this.stopped && this.client.connected && this.underWay.size < 3) {
      const number = ++this.sent;
      this.underWay.add(number);
      this.client.emit('work', number, (error: unknown, result: unknown) => {
        this.outcomes.set(number, [...(this.outcomes.get(number) ?? []), error ?? result]);
        this.underWay.delete(number);
        setTimeout(() => this.work(), 2);
      });
    }
  }

  /** Resolves when everything is answered. */
  async stop(): Promise<void> {
    this.stopped = true;
    while (this.underWay.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  /** Resolves when so much more was answered. */
  async answers(count: number): Promise<void> {
    const wanted = this.outcomes.size + count;
    while (this.outcomes.size < wanted) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe('gateways that are replaced under load', () => {
  it('answer every event or disconnect its client, let clients come back, and leave the others alone', async () => {
    const server = await ChildServer.start('faults/reloading-server');
    const workers = await Promise.all(
      ['/', '/x', '/tenants/a', '/tenants/b', '/stays'].flatMap((namespace) =>
        ['websocket', 'polling'].map(async (transport, id) => {
          const client = newClient(server, namespace, {
            reconnection: true,
            reconnectionDelay: 10,
            reconnectionDelayMax: 50,
            transports: [transport],
            auth: { id },
          });
          const worker = new Worker(client);
          await connected(client);
          return { worker, namespace };
        }),
      ),
    );
    const all = workers.map(({ worker }) => worker);
    await Promise.all(all.map((worker) => worker.answers(5)));
    const before = { ...(await server.state()), listeners: await server.ask('listeners') };

    for (let round = 0; round < 4; round++) {
      for (const name of ['x', 'tenants', 'root']) {
        await server.ask('reload', name);
        await Promise.all(all.map((worker) => worker.answers(5)));
      }
    }
    await Promise.all(all.map((worker) => worker.stop()));
    server.check();

    for (const { worker, namespace } of workers) {
      for (const [number, answers] of worker.outcomes) {
        expect(answers, `${namespace} ${number}`).to.have.length(1);
        if (answers[0] !== number) expect(answers[0]).to.include({ code: 503 });
      }
      if (namespace === '/stays') {
        expect(worker.disconnects).to.equal(0);
        expect(worker.lost).to.have.length(0);
      } else {
        expect(worker.disconnects).to.equal(4);
      }
    }
    await server.settled(({ alive, tables, resources, gauges }) => {
      expect(tables).to.deep.equal(before.tables);
      expect(alive).to.deep.equal(before.alive);
      // Every connection has one, for its heartbeats.
      expect(resources['Timeout']).to.equal(all.length);
      expect(gauges).to.deep.equal({ sockets: all.length, messages: 0 });
    });
    expect(await server.ask('listeners')).to.deep.equal(before.listeners);
    for (const { client } of all) client.disconnect();
    await server.stop();
  });
});
