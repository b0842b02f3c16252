import { ChildServer } from '../support/child-server';
import { expectForgotten, VISITS } from './name-visits';

describe('abuse: names of namespaces', () => {
  let server: ChildServer;
  afterEach(() => server.kill());

  for (const adapter of ['plain', 'answering', 'recovering'] as const) {
    for (const [what, visit] of Object.entries(VISITS)) {
      it(`${what} are forgotten, with a ${adapter} adapter`, async () => {
        server = await ChildServer.start('abuse/forgetful-server', { adapter });
        await expectForgotten(server, visit);
        server.check();
      }).timeout(120_000);
    }
  }
});
