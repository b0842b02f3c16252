import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { ask, connect, newClient, type Client } from '../support/run-gateway';

/*
 * Clients that are gone at every step of what the server does for them.
 */

/** How a client goes, and over which transport. */
const WAYS: Record<string, { transport: string; go: (client: Client) => unknown }> = {
  'hangs up': { transport: 'websocket', go: (client) => (client.io.engine.transport as any).ws.terminate() },
  'says goodbye': { transport: 'websocket', go: (client) => client.disconnect() },
  'closes its connection': { transport: 'websocket', go: (client) => client.io.engine.close() },
  'stops polling': { transport: 'polling', go: (client) => client.io.engine.close() },
};
const AT_CONNECTION = ['namespace middleware', 'authenticate', 'OnConnect'];
const AT_EVENT = [
  'packet middleware',
  'validator',
  'policy',
  'before hook',
  'handler',
  'after hook',
  'socketSaveUser',
  'error hook',
];

describe('clients that vanish', () => {
  let server: ChildServer;
  before(async () => {
    server = await ChildServer.start('faults/waiting-server');
  });
  after(() => server.stop());

  /** Nothing is held on to for those who have gone, and others are served. */
  async function forgotten(): Promise<void> {
    server.check();
    await server.settled(({ alive, tables, gauges }) => {
      expect(alive).to.deep.equal({ connections: 0, sockets: 0 });
      expect(tables).to.include({ connections: 0, sockets: 0, entering: 0, rooms: 0, members: 0 });
      expect(gauges).to.deep.equal({ sockets: 0, messages: 0 });
    });
    const client = await connect(server);
    expect((await ask(client, 'ping')).result).to.equal('pong');
    client.disconnect();
    client.io.engine.close();
  }

  /** Resolves when the server has noticed that nobody is there. */
  const noticed = (): Promise<void> =>
    server.settled(({ tables }) => {
      expect(tables.connections).to.equal(0);
    });

  for (const [way, { transport, go }] of Object.entries(WAYS)) {
    it(`leave nothing behind, wherever they are in a connection or an event: one that ${way}`, async () => {
      const clients = [
        ...AT_CONNECTION.map((at) => newClient(server, '/x', { auth: { at }, transports: [transport] })),
        ...(await Promise.all(
          [...AT_EVENT, 'action'].map(async (at) => {
            const client = await connect(server, '/x', { transports: [transport] });
            const answered = (): void => {
              throw new Error(`${at} was answered to nobody`);
            };
            if (at === 'action') client.emit('call', 'slow.act', { at }, answered);
            else client.emit('work', { at }, answered);
            return client;
          }),
        )),
      ];
      const steps = [...AT_CONNECTION, ...AT_EVENT, 'action'];
      await Promise.all(steps.map((at) => server.ask('reached', at)));
      for (const client of clients) go(client);
      await noticed();
      for (const at of steps) await server.ask('release', at);
      await forgotten();
      for (const at of steps) await server.ask('forget', at);
    });
  }

  it('have their event run to its end, once it has begun', async () => {
    const before = (await server.ask<string[]>('done')).length;
    const client = await connect(server);
    for (const at of AT_EVENT) client.emit('work', { at });
    await Promise.all(AT_EVENT.map((at) => server.ask('reached', at)));
    client.io.engine.close();
    await noticed();
    for (const at of AT_EVENT) await server.ask('release', at);
    await forgotten();
    const done = (await server.ask<string[]>('done')).slice(before);
    // The one at 'error hook' has failed.
    expect(done.sort()).to.deep.equal(AT_EVENT.filter((at) => at !== 'error hook').sort());
    for (const at of AT_EVENT) await server.ask('forget', at);
  });

  it('have none of their waiting events run', async () => {
    const client = await connect(server, '/one-by-one');
    client.emit('work', { at: 'handler' });
    for (let i = 0; i < 50; i++) client.emit('work', { at: `waiting ${i}` });
    await server.ask('reached', 'handler');
    client.io.engine.close();
    await noticed();
    await server.ask('release', 'handler');
    await forgotten();
    expect((await server.ask<string[]>('done')).filter((at) => at.startsWith('waiting'))).to.deep.equal([]);
  });
});
