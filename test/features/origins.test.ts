import { expect } from 'chai';
import type { IncomingMessage } from 'node:http';
import type { ServiceSchema } from 'moleculer';
import { SocketEvent, SocketGateway, SocketIOService, SocketNamespace, type ServerSettings } from '../../src';
import {
  ask,
  CollectingLogger,
  connect,
  newClient,
  refused,
  start,
  type Running,
} from '../support/run-gateway';
import { cpuTimeOf } from '../support/cpu-time';

type Cors = ServerSettings['cors'];

const GOOD = 'https://app.example';
const BAD = 'https://evil.example';

async function withSettings(settings: ServerSettings, logger?: CollectingLogger): Promise<Running> {
  @SocketNamespace('/x', { settings: { port: 0, ...settings } })
  class GuardedGateway extends SocketGateway {
    @SocketEvent()
    ping() {
      return 'pong';
    }
  }
  return start(GuardedGateway, { logger });
}

const TRANSPORTS = ['polling', 'websocket'];

async function enters(running: Running, transport: string, origin?: string): Promise<void> {
  const client = await connect(running, '/x', {
    transports: [transport],
    ...(origin !== undefined && { extraHeaders: { origin } }),
  });
  expect((await ask(client, 'ping')).result).to.equal('pong');
  client.disconnect();
}

async function isRefused(running: Running, transport: string, origin: string): Promise<void> {
  await refused(newClient(running, '/x', { transports: [transport], extraHeaders: { origin } }));
}

describe('origins', () => {
  const lists: Record<string, { cors: Cors; good: string[]; bad: string[] }> = {
    'a string': {
      cors: { origin: GOOD },
      good: [GOOD],
      bad: [
        BAD,
        `${GOOD}.evil`,
        'https://APP.example.evil',
        'http://app.example',
        `${GOOD}:8080`,
        'null',
        '',
      ],
    },
    'a wildcard': {
      cors: { origin: 'https://*.example' },
      good: ['https://a.example', 'https://a.b.example'],
      bad: ['https://example', 'http://a.example', 'https://a.example.evil', 'https://aXexample'],
    },
    'a list with commas': {
      cors: { origin: `${GOOD}, https://*.other.example` },
      good: [GOOD, 'https://a.other.example'],
      bad: [BAD, `${GOOD},`],
    },
    'a regular expression': {
      cors: { origin: /^https:\/\/\w+\.example$/ },
      good: [GOOD],
      bad: ['https://app.example.evil'],
    },
    'a regular expression with the flag g': {
      cors: { origin: /app\.example$/g },
      good: [GOOD, GOOD, GOOD],
      bad: [BAD, BAD],
    },
    'an array': {
      cors: { origin: [GOOD, /\.other\.example$/] },
      good: [GOOD, 'https://a.other.example'],
      bad: [BAD],
    },
    'an empty array': { cors: { origin: [] }, good: [], bad: [GOOD, BAD] },
    "'*'": { cors: { origin: '*' }, good: [GOOD, BAD, 'null'], bad: [] },
    true: { cors: { origin: true }, good: [GOOD, BAD], bad: [] },
    false: { cors: { origin: false }, good: [], bad: [GOOD, BAD] },
    'nothing at all': { cors: undefined, good: [GOOD, BAD], bad: [] },
    'other options of cors only': { cors: { credentials: true }, good: [GOOD, BAD], bad: [] },
    'a function that answers true or false': {
      cors: { origin: (origin, answer) => answer(null, origin === GOOD) },
      good: [GOOD],
      bad: [BAD],
    },
    'a function that answers later': {
      cors: { origin: (origin, answer) => setImmediate(() => answer(null, origin === GOOD)) },
      good: [GOOD],
      bad: [BAD],
    },
    'a function that answers with a list': {
      cors: { origin: (_origin, answer) => answer(null, [GOOD]) },
      good: [GOOD],
      bad: [BAD],
    },
    'a function that answers with an error': {
      cors: { origin: (origin, answer) => (origin === GOOD ? answer(null, true) : answer(new Error('no'))) },
      good: [GOOD],
      bad: [BAD],
    },
    'a function that answers with nothing': {
      cors: { origin: (_origin, answer) => (answer as any)(null) },
      good: [],
      bad: [GOOD],
    },
    'a delegate': {
      cors: ((request: IncomingMessage, answer: any) =>
        answer(null, { origin: request.url!.includes('/socket.io') ? [GOOD] : false })) as never,
      good: [GOOD],
      bad: [BAD],
    },
    'a delegate that answers with an error': {
      cors: ((request: IncomingMessage, answer: any) =>
        request.headers.origin === BAD ? answer(new Error('no')) : answer(null, { origin: true })) as never,
      good: [GOOD],
      bad: [BAD],
    },
  };

  for (const [name, { cors, good, bad }] of Object.entries(lists)) {
    for (const transport of TRANSPORTS) {
      it(`are those of ${name}, over ${transport}`, async () => {
        const running = await withSettings({ cors });
        for (const origin of good) await enters(running, transport, origin);
        for (const origin of bad) await isRefused(running, transport, origin);
        await enters(running, transport);
      });
    }
  }

  describe('that are hard to match', () => {
    const DASHES = `https://${'-'.repeat(1500)}`;
    const ATS = `https://${'a'.repeat(4000)}`;
    const HARD: Record<string, [ServerSettings, string]> = {
      'several wildcards': [{ cors: { origin: 'https://*-*-*.vercel.app' } }, DASHES],
      'several wildcards in io.options': [
        { io: { options: { cors: { origin: ['https://*-*-*-*-*.vercel.app', GOOD] } } } },
        DASHES,
      ],
      'a list with wildcards': [{ cors: { origin: `${GOOD}, https://*a*a*a*a*a*.example` } }, ATS],
      'an expression': [{ cors: { origin: /^https:\/\/(a+)+$/ } }, `${ATS}!`],
      'an expression in an array': [{ cors: { origin: [/^https:\/\/(a|a)+$/] } }, `${ATS}!`],
      'a function': [
        { cors: { origin: (origin, answer) => answer(null, /^https:\/\/(a+)+$/.test(String(origin))) } },
        `${ATS}!`,
      ],
      'a predicate': [
        { cors: { origin: ((origin: string) => /^https:\/\/(a+)+$/.test(origin)) as never } },
        `${ATS}!`,
      ],
      'the list of a function': [
        { cors: { origin: (_origin, answer) => answer(null, ['https://*-*-*.vercel.app', /^(.|-)+b$/]) } },
        DASHES,
      ],
      'the list of a delegate': [
        {
          cors: ((_request: IncomingMessage, answer: any) =>
            answer(null, { origin: [/^(.|-)+b$/] })) as never,
        },
        DASHES,
      ],
    };
    for (const [name, [settings, origin]] of Object.entries(HARD)) {
      for (const transport of TRANSPORTS) {
        it(`are refused at once: ${name}, over ${transport}`, async () => {
          const running = await withSettings(settings);
          await isRefused(running, transport, BAD);
          const knocking = async (): Promise<void> => {
            await isRefused(running, transport, origin);
            const url = `${running.url}/socket.io/?EIO=4&transport=polling`;
            const preflight = await fetch(url, {
              method: 'OPTIONS',
              headers: { origin, 'access-control-request-method': 'POST' },
            });
            await preflight.arrayBuffer();
            expect(preflight.headers.get('access-control-allow-origin')).to.equal(null);
          };
          expect(await cpuTimeOf(knocking)).to.be.lessThan(2000);
        });
      }
    }

    it('are matched up to 300 characters: the longest host, with its scheme and port', async () => {
      const host = `${'a'.repeat(61)}.`.repeat(4);
      const longest = `chrome-extension://${host}example:65535`;
      const running = await withSettings({ cors: { origin: ['*://*.example:*', /x$/] } });
      for (const transport of TRANSPORTS) {
        await enters(running, transport, longest);
        await enters(running, transport, 'x'.repeat(300));
        await isRefused(running, transport, 'x'.repeat(301));
      }
    });

    it('do not hold up checkOrigin of SocketIOService', async () => {
      const running = await start({
        name: 'io',
        mixins: [SocketIOService],
        settings: { port: 0 },
      } as ServiceSchema);
      const { checkOrigin } = running.gateway as unknown as {
        checkOrigin(origin: string, allowed: unknown): unknown;
      };
      const checking = (): void => {
        expect(checkOrigin(DASHES, 'https://*-*-*.vercel.app')).to.equal(false);
        expect(checkOrigin(`${ATS}!`, [/^https:\/\/(a+)+$/])).to.equal(false);
        expect(checkOrigin('https://a-b-c.vercel.app', 'https://*-*-*.vercel.app')).to.equal(true);
      };
      expect(await cpuTimeOf(checking)).to.be.lessThan(2000);
    });
  });

  it('may be set in io.options.cors too', async () => {
    const running = await withSettings({ io: { options: { cors: { origin: GOOD } } } });
    for (const transport of TRANSPORTS) {
      await enters(running, transport, GOOD);
      await isRefused(running, transport, BAD);
    }
  });

  it('are asked of a function once for a handshake, of whatever form it is', async () => {
    const asked: string[] = [];
    const forms: Record<string, Cors> = {
      answering: {
        origin(origin, answer) {
          asked.push(String(origin));
          answer(null, origin === GOOD);
        },
      },
      returning: {
        origin: ((origin: string) => {
          asked.push(origin);
          return origin === GOOD;
        }) as never,
      },
    };
    for (const [form, cors] of Object.entries(forms)) {
      const running = await withSettings({ cors });
      await enters(running, 'websocket', GOOD);
      await isRefused(running, 'websocket', BAD);
      expect(asked.splice(0), form).to.deep.equal([GOOD, BAD]);
    }
  });

  it('hold for the upgrade from polling to websocket as well', async () => {
    const running = await withSettings({ cors: { origin: GOOD } });
    const client = newClient(running, '/x', {
      transports: ['polling', 'websocket'],
      extraHeaders: { origin: GOOD },
    });
    const upgraded = new Promise<void>((resolve) =>
      client.io.once('open', () => client.io.engine.once('upgrade', () => resolve())),
    );
    await upgraded;
    expect((await ask(client, 'ping')).result).to.equal('pong');
  });

  it('see in the answer of the polling transport what they may do', async () => {
    const running = await withSettings({ cors: { origin: [GOOD], credentials: true } });
    const url = `${running.url}/socket.io/?EIO=4&transport=polling`;
    const good = await fetch(url, { headers: { origin: GOOD } });
    expect(good.headers.get('access-control-allow-origin')).to.equal(GOOD);
    expect(good.headers.get('access-control-allow-credentials')).to.equal('true');
    await good.arrayBuffer();
    const bad = await fetch(url, { headers: { origin: BAD } });
    expect(bad.status).to.equal(403);
    expect(bad.headers.get('access-control-allow-origin')).to.equal(null);
    await bad.arrayBuffer();
    const preflight = await fetch(url, {
      method: 'OPTIONS',
      headers: { origin: BAD, 'access-control-request-method': 'POST' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).to.equal(null);
    await preflight.arrayBuffer();
  });

  describe('that are refused by code that fails', () => {
    const fail = () => {
      throw new Error('in the check');
    };
    const reject = () => Promise.reject(new Error('in the check'));
    const failing: Record<string, ServerSettings> = {
      'an origin function that throws': { cors: { origin: fail } },
      'an origin function that rejects': { cors: { origin: reject as never } },
      'an origin function that throws null': {
        cors: {
          origin: () => {
            throw null;
          },
        },
      },
      'a delegate that throws': { cors: fail },
      'a delegate that rejects': { cors: reject },
      'an allowRequest that throws': { io: { options: { allowRequest: fail } } },
      'an allowRequest that rejects': { io: { options: { allowRequest: reject } } },
      'an allowRequest that throws after it has refused': {
        io: {
          options: {
            allowRequest: (_request, answer) => {
              answer('no', false);
              throw new Error('in the check');
            },
          },
        },
      },
    };
    for (const [name, settings] of Object.entries(failing)) {
      for (const transport of TRANSPORTS) {
        it(`are refused, and the process lives: ${name}, over ${transport}`, async () => {
          const logger = new CollectingLogger();
          const running = await withSettings(settings, logger);
          await isRefused(running, transport, GOOD);
          await isRefused(running, transport, BAD);
          expect(logger.errors, 'the reason is in the log').to.have.length.above(0);
          expect(running.gateway.io.httpServer.listening).to.equal(true);
        });
      }
    }

    it('are let in where the code throws after it has agreed', async () => {
      const running = await withSettings({
        io: {
          options: {
            allowRequest: (_request, answer) => {
              answer(null, true);
              throw new Error('in the check');
            },
          },
        },
      });
      for (const transport of TRANSPORTS) await enters(running, transport, GOOD);
    });
  });

  describe("and the application's own allowRequest", () => {
    it('must both agree', async () => {
      const asked: (string | undefined)[] = [];
      const running = await withSettings({
        cors: { origin: GOOD },
        io: {
          options: {
            allowRequest: (request, answer) => {
              asked.push(request.headers.origin);
              answer(request.headers['x-no'] ? 'no' : null, !request.headers['x-no']);
            },
          },
        },
      });
      for (const transport of TRANSPORTS) {
        asked.length = 0;
        await enters(running, transport, GOOD);
        await enters(running, transport);
        expect(asked).to.include(GOOD).and.to.include(undefined);
        asked.length = 0;
        await isRefused(running, transport, BAD);
        expect(asked, 'nobody asks about a foreign origin').to.deep.equal([]);
        await refused(
          newClient(running, '/x', { transports: [transport], extraHeaders: { origin: GOOD, 'x-no': '1' } }),
        );
      }
    });

    it('may answer twice, and later', async () => {
      const running = await withSettings({
        io: {
          options: {
            allowRequest: (_request, answer) => {
              setImmediate(() => {
                answer('no', false);
                answer(null, true);
              });
            },
          },
        },
      });
      for (const transport of TRANSPORTS) await isRefused(running, transport, GOOD);
    });
  });
});
