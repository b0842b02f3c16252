import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import { ask, CollectingLogger, connect } from '../support/run-gateway';
import { MATH, startIo, type Parts } from './start-io';

/*
 * Lines of the log name the action, and are written by the method `logWithLevel`.
 */

const OPEN = { '/': { autoExpose: true, events: { call: { aliases: { sum: 'math.add' } } } } };

async function logged(settings: object, parts: Parts = {}, others: readonly ServiceSchema[] = [MATH]) {
  const logger = new CollectingLogger('debug');
  const running = await startIo(OPEN, { ...parts, settings }, others, { logger });
  return { ...running, logger, client: await connect(running, '/') };
}

describe('log lines of moleculer-io', () => {
  it('name the action of each request and response', async () => {
    const { client, logger } = await logged({ logRequest: 'info', logResponse: 'info' });
    await ask(client, 'call', 'math.add', { a: 1, b: 2 });
    await ask(client, 'call', 'sum', { a: 1, b: 2 });
    for (const action of ['math.add', 'sum']) {
      const lines = logger.having(`'call': '${action}'`);
      expect(lines.map(({ level }) => level)).to.deep.equal(['info', 'info']);
      expect(lines[0]!.text).to.include(`=> request ${client.id} sent`);
      expect(lines[1]!.text).to.include(`<= response ${client.id}`);
    }
  });

  it('name the action of an exposed event', async () => {
    const orders: ServiceSchema = {
      name: 'orders',
      actions: { list: { socket: 'orders', visibility: 'published', handler: () => [] } as object },
    };
    const { client, logger } = await logged({ logRequest: 'info' }, {}, [orders]);
    await ask(client, 'orders');
    expect(logger.having("'orders': 'orders.list'")).to.have.length(1);
  });

  it('name the action of what failed, client errors with log4XXResponses', async () => {
    const failing: ServiceSchema = {
      name: 'failing',
      actions: {
        work() {
          throw new Error('broken');
        },
      },
    };
    const { client, logger } = await logged({ log4XXResponses: true }, {}, [failing]);
    await ask(client, 'call', 'failing.work');
    await ask(client, 'call', 'no.such');
    expect(logger.errors.map(({ text }) => /'call': '([^']+)'/.exec(text)?.[1])).to.deep.equal([
      'failing.work',
      'no.such',
    ]);
  });

  it('show no more of a name than may be shown', async () => {
    const { client, logger } = await logged({ logRequest: 'info' });
    await ask(client, 'call', `x\nERROR all is lost${'x'.repeat(1000)}`);
    const [line] = logger.having('ERROR all is lost');
    expect(line!.text).not.to.include('\n');
    expect(line!.text.length).to.be.below(250);
  });

  it('do not name what is no action', async () => {
    const { client, logger } = await logged({ logRequest: 'info' });
    await ask(client, 'call', 222, 'what?');
    expect(logger.having("sent 'call'").map(({ text }) => text.endsWith("sent 'call'"))).to.deep.equal([
      true,
    ]);
  });

  it('are written by logWithLevel, which an application may override or call', async () => {
    const lines: unknown[][] = [];
    const { client, logger } = await logged(
      { logRequest: 'info', logRequestParams: 'debug', logClientConnection: 'warn', mine: null },
      {
        methods: {
          logWithLevel: (level: string, ...args: unknown[]) => void lines.push([level, ...args]),
        },
      },
    );
    await ask(client, 'call', 'math.add', { a: 1, b: 2 });
    expect(lines.map(([level]) => level)).to.deep.equal(['warn', 'info', 'debug']);
    expect((lines[2]!.at(-1) as unknown[]).slice(0, 2)).to.deep.equal(['math.add', { a: 1, b: 2 }]);
    expect(logger.having("sent 'call'")).to.deep.equal([]);

    const usual = await logged({});
    usual.gateway['logWithLevel']('warn', 'a text', { of: 'mine' });
    for (const level of [undefined, null, false, '', 'loud'])
      usual.gateway['logWithLevel'](level, 'a text that nobody wants');
    expect(usual.logger.having('a text').map(({ level }) => level)).to.deep.equal(['warn']);
  });

  it('that cannot be written do not fail the call', async () => {
    const logWithLevel = (): never => {
      throw new Error('disk full');
    };
    const { client, logger } = await logged(
      { logRequest: 'info', logResponse: 'info' },
      { methods: { logWithLevel } },
    );
    expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    expect(logger.having('logWithLevel failed').map(({ level }) => level)).to.deep.equal(['error', 'error']);
  });
});
