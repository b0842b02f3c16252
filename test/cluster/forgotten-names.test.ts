import { ChildServer } from '../support/child-server';
import { expectForgotten, VISITS } from '../abuse/name-visits';
import { describeWithRedis } from './redis-server';

describeWithRedis('names of namespaces, with adapters for Redis', (redis) => {
  let server: ChildServer;
  afterEach(() => server.kill());

  for (const adapter of ['redis', 'sharded'] as const) {
    for (const [what, visit] of Object.entries(VISITS)) {
      it(`${what} are forgotten, with the ${adapter} adapter`, async () => {
        server = await ChildServer.start('abuse/forgetful-server', { adapter, redis: redis().url });
        await expectForgotten(server, visit);
        server.check();
      }).timeout(120_000);
    }
  }
});
