import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';
import { expect } from 'chai';
import type * as Moleculer from 'moleculer';
import { SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { ask, connect, start } from '../support/run-gateway';

/** Moleculer as it is after its runner has emptied the cache of modules: hot reload does so when the configuration changes. */
function anotherCopy(): typeof Moleculer {
  const folder = dirname(require.resolve('moleculer')) + sep;
  const own = Object.entries(require.cache).filter(([file]) => file.startsWith(folder));
  for (const [file] of own) Reflect.deleteProperty(require.cache, file);
  try {
    return createRequire(__filename)('moleculer') as typeof Moleculer;
  } finally {
    for (const file of Object.keys(require.cache)) {
      if (file.startsWith(folder)) Reflect.deleteProperty(require.cache, file);
    }
    for (const [file, module] of own) require.cache[file] = module;
  }
}

describe("a gateway whose broker is of another copy of Moleculer's modules", () => {
  it("shows Moleculer's errors as they are, and masks others", async () => {
    const { Errors } = anotherCopy();

    @SocketNamespace('/x', { settings: { port: 0 } })
    class ChatGateway extends SocketGateway {
      @SocketEvent()
      fail(ctx: SocketContext<string>) {
        if (ctx.params === 'missing') throw new Errors.ServiceNotFoundError({ action: 'no.such' });
        if (ctx.params === 'own')
          throw new (class OwnError extends Errors.MoleculerClientError {})('mine', 418, 'MINE');
        throw Object.assign(new Error('secret'), { code: 418, retryable: false });
      }
    }
    const client = await connect(await start(ChatGateway));
    expect((await ask(client, 'fail', 'missing')).error).to.deep.include({
      name: 'ServiceNotFoundError',
      code: 404,
      data: { action: 'no.such' },
    });
    expect((await ask(client, 'fail', 'own')).error).to.include({ message: 'mine', code: 418, type: 'MINE' });
    expect((await ask(client, 'fail', 'plain')).error).to.include({ name: 'InternalServerError', code: 500 });
  });
});
