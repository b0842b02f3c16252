import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { ask, connect } from '../support/run-gateway';

describe('handlers that never settle', () => {
  let server: ChildServer;
  beforeEach(async () => {
    server = await ChildServer.start('faults/waiting-server');
  });
  afterEach(() => server.stop());

  it('are answered with 504 where they have a timeout, and are not held on to', async () => {
    const client = await connect(server);
    const answers = await Promise.all(
      Array.from({ length: 300 }, () => ask(client, 'hurried', { at: 'handler' })),
    );
    const codes = answers.map(({ error }) => error.code as number);
    // Of those over the limit some find room, where the first have timed out before they arrive.
    expect(codes.filter((code) => code === 504)).to.have.length.within(256, 300);
    expect(new Set(codes)).to.have.property('size').within(1, 2);
    expect((await ask(client, 'ping')).result).to.equal('pong');
    expect((await server.state()).gauges).to.deep.equal({ sockets: 1, messages: 0 });
    await server.ask('forget', 'handler');
    client.disconnect();
    await server.settled(({ alive }) => {
      expect(alive).to.deep.equal({ connections: 0, sockets: 0 });
    });
  });

  it('hold up only their own client where they have none, and go with it', async () => {
    const [stuck, other] = await Promise.all([connect(server), connect(server)]);
    for (let i = 0; i < 256; i++) stuck.emit('work', { at: 'handler' });
    await server.ask('reached', 'handler', 256);
    for (const event of ['work', 'ping']) {
      expect((await ask(stuck, event, {})).error).to.include({ code: 429, type: 'TOO_MANY_PENDING' });
    }
    expect((await ask(other, 'work', {})).result).to.equal('worked');
    await server.ask('forget', 'handler');
    stuck.disconnect();
    await server.settled(({ alive, tables, gauges }) => {
      expect(alive).to.deep.equal({ connections: 1, sockets: 1 });
      expect(tables).to.include({ connections: 1, sockets: 1 });
      // They are still in work, and will be for ever.
      expect(gauges).to.deep.equal({ sockets: 1, messages: 256 });
    });
    expect((await ask(other, 'ping')).result).to.equal('pong');
  });
});
