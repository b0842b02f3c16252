import { expect } from 'chai';
import { SocketGateway, SocketIOService, SocketNamespace } from '../../src';
import { connect, newBroker, next, start, type Registered } from '../support/run-gateway';

function chat(settings: object, name = 'chat'): Registered {
  @SocketNamespace(`/${name}`, { name, settings: { port: 0, ...settings } })
  class ChatGateway extends SocketGateway {}
  return ChatGateway;
}

const dropIn = (settings: object): Registered =>
  ({
    name: 'chat',
    mixins: [SocketIOService],
    settings: { port: 0, ...settings, io: { namespaces: { '/chat': { events: { call: {} } } } } },
  }) as Registered;

const ms = 'must be a number of milliseconds from 0 to 2147483647';
const WRONG: [object, string][] = [
  [{ drain: 'yes' }, "settings.drain must be true, false or an object, not 'yes': { window: 10_000 }"],
  [{ drain: null }, 'settings.drain must be true, false or an object, not null: { window: 10_000 }'],
  [{ drain: 5000 }, 'settings.drain must be true, false or an object, not 5000: { window: 10_000 }'],
  [{ drain: [] }, 'settings.drain must be true, false or an object, not []: { window: 10_000 }'],
  [{ drain: { window: -1 } }, `settings.drain.window ${ms}, not -1`],
  [{ drain: { grace: '5s' } }, `settings.drain.grace ${ms}, not '5s'`],
  [{ drain: { delay: NaN } }, `settings.drain.delay ${ms}, not NaN`],
  [{ drain: { window: Infinity } }, `settings.drain.window ${ms}, not Infinity`],
  [{ drain: { grace: 2 ** 31 } }, `settings.drain.grace ${ms}, not 2147483648`],
  [{ drain: { patience: 1 } }, 'settings.drain.patience is unknown; write window, grace or delay'],
  [
    { readiness: true },
    "settings.readiness must be a path that begins with '/', as '/ready', or false, not true",
  ],
  [
    { readiness: 'ready' },
    "settings.readiness must be a path that begins with '/', as '/ready', or false, not 'ready'",
  ],
  [
    { readiness: '/a?b' },
    "settings.readiness must be a path that begins with '/', as '/ready', or false, not '/a?b'",
  ],
  [
    { readiness: '/socket.io/ready' },
    "settings.readiness must not be below '/socket.io/', where Socket.IO answers: give it another path, as '/ready'",
  ],
  [
    { readiness: '/ws', io: { options: { path: '/ws/' } } },
    "settings.readiness must not be below '/ws/', where Socket.IO answers: give it another path, as '/ready'",
  ],
];

async function failure(run: () => unknown): Promise<string> {
  try {
    await run();
  } catch (error) {
    return (error as Error).message;
  }
  return expect.fail('nothing was wrong');
}

describe('settings of a drain', () => {
  for (const [settings, message] of WRONG) {
    it(`that are wrong are refused at the start: ${message}`, async () => {
      expect(await failure(() => newBroker(chat(settings)).start())).to.include(message);
      if (!('io' in settings))
        expect(await failure(() => newBroker(dropIn(settings)).start())).to.include(message);
    });
  }

  it('that are misspelt do not compile', async () => {
    expect(await failure(() => newBroker(chat({ drain: { windw: 1 } })))).to.include('settings.drain.windw');
    expect(await failure(() => newBroker(chat({ drian: true })))).to.include('did you mean `drain`?');
  });

  it('that differ in the path of one server are refused', async () => {
    const broker = newBroker([chat({ readiness: '/ready' }), chat({ readiness: '/up' }, 'other')]);
    expect(await failure(() => broker.start())).to.include(
      'its setting readiness differs from that of ChatGateway',
    );
  });

  it('are not published to other nodes', async () => {
    const { broker } = await start(chat({ drain: { window: 1 }, readiness: '/up' }));
    const services = JSON.stringify(broker.registry.getServiceList({ withSettings: true } as never));
    expect(services).to.not.include('"drain":').and.to.not.include('/up');
  });

  for (const [options, message] of [
    ['now', "the options of drain() must be an object, not 'now': { window: 10_000 }"],
    [{ window: '1s' }, `the option window ${ms}, not '1s'`],
    [{ grace: -1 }, `the option grace ${ms}, not -1`],
    [{ delay: 5 }, 'the option delay is unknown; write window or grace'],
  ] as const) {
    it(`that the method is given are checked: ${message}`, async () => {
      const { gateway } = await start(chat({}));
      const drain = (): Promise<void> => (gateway as unknown as SocketGateway).drain(options as never);
      expect(await failure(drain)).to.equal(message);
    });
  }

  for (const [drain, env, expected] of [
    [undefined, 'production', true],
    [undefined, 'development', false],
    [undefined, undefined, false],
    [true, undefined, true],
    [{}, undefined, true],
    [false, 'production', false],
  ] as const) {
    it(`${JSON.stringify(drain)} ${expected ? 'drains' : 'does not drain'} before the broker stops with NODE_ENV ${env}`, async () => {
      const before = process.env['NODE_ENV'];
      if (env === undefined) delete process.env['NODE_ENV'];
      else process.env['NODE_ENV'] = env;
      try {
        const running = await start(chat(drain === undefined ? {} : { drain }));
        const client = await connect(running, '/chat');
        const left = next(client, 'disconnect');
        const stopped = running.broker.stop();
        const health = running.broker.call<{ draining: boolean }, object>('chat.health', {});
        expect((await health).draining).to.equal(expected);
        await Promise.all([left, stopped]);
      } finally {
        if (before === undefined) delete process.env['NODE_ENV'];
        else process.env['NODE_ENV'] = before;
      }
    });
  }
});
