import { expect } from 'chai';
import { ChildServer } from '../support/child-server';

describe('a broker that is started and stopped', () => {
  let server: ChildServer;
  before(async () => {
    server = await ChildServer.start('faults/restarting-server');
  });
  after(() => server.stop());

  for (const [title, command, times] of [
    [
      'a hundred times leaves nothing behind: no handles, timers, listeners, sockets or memory',
      'restart',
      100,
    ],
    ['and made anew thirty times leaves nothing behind', 'renew', 30],
  ] as const) {
    it(title, async () => {
      // Whatever is made once for all has been made after that.
      await server.ask(command, 10);
      const before = await server.state();
      const listeners = await server.ask('listeners');
      for (let time = 0; time < times; time += 10) await server.ask(command, 10);
      server.check();
      await server.settled(({ alive, resources, heap }) => {
        expect(alive).to.deep.equal({ connections: 0, sockets: 0 });
        // What connects the process with the test.
        expect(resources).to.deep.equal({ PipeWrap: 3 });
        expect((heap - before.heap) / times, 'bytes for every time').to.be.below(50_000);
      });
      // Moleculer may hold on to its services until it is started again.
      expect(await server.ask('servers')).to.be.at.most(2);
      expect(await server.ask('listeners')).to.deep.equal(listeners);
    }).timeout(60_000);
  }
});
