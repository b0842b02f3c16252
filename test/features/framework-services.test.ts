import { expect } from 'chai';
import type { Context, ServiceSchema } from 'moleculer';
import {
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type ActionProxyOptions,
  type AutoExpose,
} from '../../src';
import {
  ask,
  CollectingLogger,
  connect,
  newBroker,
  start,
  type Answer,
  type Client,
  type Options,
} from '../support/run-gateway';

const settings = { port: 0 };
const PASSWORD = 'hunter2';

/** `$node` is there, and what it tells is secret. */
const WITH_NODE: Options = { internalServices: true, metadata: { apiKey: PASSWORD } };

const answer = (ctx: Context) => ctx.action?.name;

/** Services of the application whose names begin like those of the framework. */
const SERVICES: ServiceSchema[] = [
  { name: '$secret', actions: { get: answer, 'admin.list': answer } },
  { name: '$secret', version: 2, actions: { get: answer } },
  { name: '$bare', settings: { $noServiceNamePrefix: true }, actions: { bare: answer } },
  { name: 'math', actions: { add: answer, $odd: answer } },
];

const CLOSED = [
  '$node.options',
  '$node.health',
  '$secret.get',
  '$secret.admin.list',
  'v2.$secret.get',
  'bare',
];

async function proxied(options: ActionProxyOptions, broker: Options = WITH_NODE): Promise<Client> {
  @SocketNamespace('/x', { name: 'gateway', settings })
  class ProxyGateway extends SocketGateway {
    @SocketEvent({ multi: true, ...options })
    call!: ActionProxy;
  }
  return connect(await start([ProxyGateway, ...SERVICES], broker));
}

function notFound(action: string): Answer {
  const message = `Service '${action}' is not found.`;
  const error = {
    name: 'ServiceNotFoundError',
    message,
    code: 404,
    type: 'SERVICE_NOT_FOUND',
    data: { action },
  };
  return { error, result: undefined };
}

describe('services whose name begins with $', () => {
  const OPENING: Record<string, ActionProxyOptions> = {
    "whitelist ['**']": { whitelist: ['**'] },
    "whitelist ['*.*', '*']": { whitelist: ['*.*', '*'] },
    "whitelist ['$*.*']": { whitelist: ['$*.*', '$**', 'v2.**', 'v2.$*.get', 'b*'] },
    'whitelist [/./]': { whitelist: [/./] },
    'whitelist [/.*/]': { whitelist: [/.*/] },
    'whitelist [/node|secret|bare/]': { whitelist: [/node|secret|bare/] },
    'whitelist [/\\$|x/]': { whitelist: [/\$|x/, /(\$node)|(\$secret)/, /^[$]/] },
    'a whitelist that names others': {
      whitelist: ['$nodes.*', '$secrets.*', 'v2.$s.*', 'v1.$secret.*', '**'],
    },
    'a blacklist alone': { blacklist: ['math.*'], whitelist: ['**'] },
    'aliases under restrict': {
      mappingPolicy: 'restrict',
      aliases: Object.fromEntries(CLOSED.map((action) => [action, action])),
    },
    'aliases beside a whitelist of all': {
      whitelist: ['**'],
      aliases: Object.fromEntries(CLOSED.map((action) => [action, action])),
    },
  };
  for (const [what, options] of Object.entries(OPENING)) {
    it(`are not opened by ${what}`, async () => {
      const client = await proxied(options);
      for (const action of CLOSED) {
        expect(await ask(client, 'call', action), action).to.deep.equal(notFound(action));
        const { result } = await ask(client, 'call', { one: { action } }, { settled: true });
        expect(result.one.reason, action).to.deep.equal(notFound(action).error);
      }
    });
  }

  it('are not opened by an alias of another name', async () => {
    const client = await proxied({ mappingPolicy: 'restrict', aliases: { health: '$node.health' } });
    expect(await ask(client, 'call', 'health')).to.deep.equal(notFound('$node.health'));
  });

  const NAMED: [ActionProxyOptions, string, string][] = [
    [{ whitelist: ['$node.health'] }, '$node.health', '$node.options'],
    [{ whitelist: ['$node.h*', '**'] }, '$node.health', '$node.options'],
    [{ whitelist: [/^\$node\.health$/, '**'] }, '$node.health', '$node.options'],
    [{ whitelist: ['$secret.*'] }, '$secret.get', '$node.health'],
    [{ whitelist: ['$secret.**', '**'] }, '$secret.admin.list', 'v2.$secret.get'],
    [{ whitelist: [/^\$secret/, /./] }, '$secret.get', '$node.health'],
    [{ whitelist: ['v2.$secret.*', '**'] }, 'v2.$secret.get', '$secret.get'],
    [{ whitelist: ['bare', '**'] }, 'bare', '$secret.get'],
    [{ whitelist: ['$node.health'], aliases: { health: '$node.health' } }, 'health', '$node.options'],
    [
      { whitelist: ['$node.health'], aliases: { health: '$node.health' }, mappingPolicy: 'restrict' },
      'health',
      '$node.health',
    ],
  ];
  for (const [options, opened, closed] of NAMED) {
    it(`are opened by name: ${opened} by ${String(options.whitelist)}, and ${closed} is not`, async () => {
      const client = await proxied(options);
      expect((await ask(client, 'call', opened)).error).to.equal(null);
      expect(await ask(client, 'call', closed)).to.deep.equal(notFound(closed));
    });
  }

  it('say nothing of other services whose actions begin so', async () => {
    const client = await proxied({ whitelist: ['**'] });
    for (const action of ['math.add', 'math.$odd'])
      expect(await ask(client, 'call', action)).to.deep.equal({ error: null, result: action });
  });

  it('are closed on other nodes, too', async () => {
    const cluster: Options = { ...WITH_NODE, transporter: 'Fake', namespace: 'framework-services' };
    const far = newBroker([{ name: '$far', actions: { get: answer } }], { ...cluster, nodeID: 'far' });
    await far.start();
    const client = await proxied({ whitelist: ['**'] }, { ...cluster, nodeID: 'gateway' });
    const named = await proxied({ whitelist: ['$far.*', '**'] }, { ...cluster, nodeID: 'named' });
    for (const action of ['$far.get', '$node.options'])
      expect(await ask(client, 'call', action)).to.deep.equal(notFound(action));
    expect((await ask(named, 'call', '$far.get')).result).to.equal('$far.get');
  });

  it('keep the options of the broker from the open call of SocketIOService', async () => {
    const running = await start(
      [{ name: 'io', mixins: [SocketIOService], settings } as ServiceSchema, ...SERVICES],
      WITH_NODE,
    );
    const client = await connect(running, '/');
    for (const action of CLOSED) {
      const answered = await ask(client, 'call', action);
      expect(answered, action).to.deep.equal(notFound(action));
      expect(JSON.stringify(answered)).not.to.include(PASSWORD);
    }
    expect((await ask(client, 'call', 'math.add')).result).to.equal('math.add');
  });

  describe('that ask for an event', () => {
    const hidden: ServiceSchema = {
      name: '$hidden',
      actions: { get: { socket: 'hidden', handler: answer } },
    };
    async function exposing(autoExpose: AutoExpose) {
      const logger = new CollectingLogger();
      @SocketNamespace('/x', { name: 'gateway', settings, autoExpose })
      class ExposingGateway extends SocketGateway {}
      return { client: await connect(await start([ExposingGateway, hidden], { logger })), logger };
    }

    for (const autoExpose of [true, ['**'], [/hidden/], { callOptions: {} }] as AutoExpose[]) {
      it(`do not get it from autoExpose: ${JSON.stringify(autoExpose)}, and are told what to write`, async () => {
        const { client, logger } = await exposing(autoExpose);
        expect((await ask(client, 'hidden')).error).to.include({ code: 404, type: 'EVENT_NOT_FOUND' });
        expect(
          logger.having(
            "the action '$hidden.get' is not exposed: services like '$hidden' must be named: autoExpose: ['$hidden.get']",
          ),
        ).to.have.length(1);
      });
    }

    for (const autoExpose of [['$hidden.*'], [/^\$hidden\./], { whitelist: ['$hidden.get'] }]) {
      it(`get it from autoExpose: ${JSON.stringify(autoExpose)}`, async () => {
        const { client, logger } = await exposing(autoExpose);
        expect((await ask(client, 'hidden')).result).to.equal('$hidden.get');
        expect(logger.having('is not exposed')).to.deep.equal([]);
      });
    }
  });
});
