import { expect } from 'chai';
import type { Service, ServiceSchema } from 'moleculer';
import ApiGateway from 'moleculer-web';
import { SocketIOService } from '../../src';
import { ask, CollectingLogger, connect, newClient, refused } from '../support/run-gateway';
import { MATH, startIo, type Parts } from './start-io';

/*
 * Origins are decided by `io.options.cors`, else by `cors`, and by the method `checkOrigin` if the application has its own.
 */

const OPEN = { '/': { events: { call: {} } } };
const GOOD = 'https://good.example';
const BAD = 'https://bad.example';

async function enter(running: { readonly url: string }, origin: string | undefined) {
  const extraHeaders: Record<string, string> = origin === undefined ? {} : { origin };
  for (const transport of ['websocket', 'polling']) {
    const client = await connect(running, '/', { extraHeaders, transports: [transport] });
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
  }
}

async function isRefused(running: { readonly url: string }, origin: string) {
  for (const transport of ['websocket', 'polling'])
    await refused(newClient(running, '/', { extraHeaders: { origin }, transports: [transport] }));
}

/** A service with options of socket.io, whose namespaces are in the same object. */
function withOptions(options: object, parts: Parts = {}) {
  return startIo(undefined, { ...parts, settings: { ...parts.settings, io: { options, namespaces: OPEN } } });
}

describe('origins of moleculer-io', () => {
  it('are decided by io.options.cors before cors', async () => {
    const running = await withOptions({ cors: { origin: GOOD } }, { settings: { cors: { origin: BAD } } });
    await enter(running, GOOD);
    await enter(running, undefined);
    await isRefused(running, BAD);
  });

  it('are decided by cors where io.options have none', async () => {
    const running = await withOptions({ path: '/socket.io' }, { settings: { cors: { origin: [GOOD] } } });
    await enter(running, GOOD);
    await isRefused(running, BAD);
  });

  it('are decided by io.options.cors for all namespaces of the service', async () => {
    const io = {
      options: { cors: { origin: GOOD } },
      namespaces: { ...OPEN, '/chat': { events: { call: {} } } },
    };
    const running = await startIo(undefined, { settings: { cors: { origin: BAD }, io } });
    await enter(running, GOOD);
    await refused(newClient(running, '/chat', { extraHeaders: { origin: BAD } }));
    await connect(running, '/chat', { extraHeaders: { origin: GOOD } });
  });

  const decisions: Record<string, (this: Service, origin: string, allowed: unknown) => unknown> = {
    'by returning a boolean': (origin) => origin === GOOD,
    'by a promise': async (origin) => origin === GOOD,
  };
  for (const [how, checkOrigin] of Object.entries(decisions)) {
    it(`are decided by the service's own checkOrigin, ${how}`, async () => {
      const running = await startIo(OPEN, { settings: { cors: { origin: BAD } }, methods: { checkOrigin } });
      await enter(running, GOOD);
      await enter(running, undefined);
      await isRefused(running, BAD);
    });
  }

  it('are decided by checkOrigin with the service as this, and what is allowed', async () => {
    const calls: unknown[][] = [];
    const running = await withOptions(
      { cors: { origin: [GOOD] } },
      {
        methods: {
          checkOrigin(this: Service, ...args: unknown[]) {
            calls.push([this.name, ...args]);
            return true;
          },
        },
      },
    );
    await connect(running, '/', { extraHeaders: { origin: BAD } });
    expect(calls[0]).to.deep.equal(['io', BAD, [GOOD]]);
  });

  it('are decided by checkOrigin where no cors is set', async () => {
    const running = await startIo(OPEN, { methods: { checkOrigin: (origin: string) => origin === GOOD } });
    await enter(running, GOOD);
    await isRefused(running, BAD);
  });

  it('are decided by the checkOrigin of a mixin of the application', async () => {
    const mixin = { methods: { checkOrigin: (origin: string) => origin === GOOD } };
    const running = await startIo(OPEN, { mixins: [mixin, SocketIOService] });
    await enter(running, GOOD);
    await isRefused(running, BAD);
  });

  it('are refused where checkOrigin fails, with a line in the log', async () => {
    const logger = new CollectingLogger();
    const checkOrigin = (): never => {
      throw new Error('no such list');
    };
    const running = await startIo(OPEN, { methods: { checkOrigin } }, [MATH], { logger });
    await isRefused(running, GOOD);
    await enter(running, undefined);
    expect(logger.errors.filter(({ text }) => text.includes('no such list'))).to.have.length(2);
  });

  it("are decided by cors where checkOrigin is that of moleculer-web's mixin", async () => {
    const running = await startIo(OPEN, {
      mixins: [ApiGateway as Partial<ServiceSchema>, SocketIOService],
      settings: { cors: { origin: `${GOOD}.com` }, ip: '127.0.0.1' },
    });
    // moleculer-web allows each part of the text.
    await refused(newClient(running, '/', { extraHeaders: { origin: GOOD } }));
    await enter(running, `${GOOD}.com`);
  });
});
