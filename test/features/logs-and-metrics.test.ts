import { expect } from 'chai';
import { Errors, MetricReporters, type BrokerOptions, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Ctx,
  MessageBody,
  OnBeforeCall,
  PacketMiddleware,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  SocketIOService,
  type ActionProxy,
  type LogSettings,
  type SocketContext,
} from '../../src';
import {
  ask,
  CollectingLogger,
  connect,
  newClient,
  next,
  refused,
  signal,
  start,
  type LogLine,
  type Running,
} from '../support/run-gateway';

const settings = { port: 0 };

describe('logs', () => {
  /** A gateway with these settings, and what it has logged. */
  async function logged(log: LogSettings & Record<string, unknown>) {
    @SocketNamespace('/x', { name: 'gateway', settings: { port: 0, ...log } })
    class LoggedGateway extends SocketGateway {
      @SocketEvent()
      echo(ctx: SocketContext) {
        return { answer: ctx.params };
      }
      @SocketEvent()
      refuse() {
        throw new Errors.MoleculerClientError('No tea', 418, 'TEAPOT');
      }
      @SocketEvent()
      fail() {
        throw new Errors.MoleculerServerError('No milk', 502, 'COW');
      }
      @SocketEvent({ whitelist: ['math.*'] })
      call!: ActionProxy;
    }
    const logger = new CollectingLogger('trace');
    const running = await start(LoggedGateway, { logger });
    /** What the gateway itself has said at a level. */
    const at = (level: string): string[] =>
      logger.lines
        .filter((line: LogLine) => line.level === level && /^gateway: /i.test(line.text))
        .map(({ text }) => text);
    return { logger, running, at };
  }

  /** Does something of everything that can be logged. */
  async function act(running: Running): Promise<string> {
    const client = await connect(running);
    await ask(client, 'echo', 'the-params', { second: 'param' });
    await running.broker.call('gateway.broadcast', { event: 'the-broadcast', rooms: ['the-room'] });
    const { id } = client;
    client.disconnect();
    // What is logged of the one that has left stands before that of the next one.
    await ask(await connect(running), 'echo', 'later');
    return id!;
  }

  const WHAT: Record<string, (id: string) => string[]> = {
    logRequest: (id) => [id, 'echo'],
    logRequestParams: () => ['the-params', 'second'],
    logResponse: (id) => [id, 'echo', 'the-params'],
    logClientConnection: (id) => [id, '/x'],
    logBroadcastRequest: () => ['the-broadcast', 'the-room'],
    logRouteRegistration: () => ['/x', 'echo'],
  };
  for (const [setting, expected] of Object.entries(WHAT)) {
    for (const level of ['fatal', 'warn', 'debug']) {
      it(`${setting}: '${level}' logs at that level`, async () => {
        const silent = await logged({});
        await act(silent.running);
        const { running, at } = await logged({ [setting]: level });
        const id = await act(running);
        const own = at(level).slice(silent.at(level).length);
        const all = own.join('\n');
        for (const text of expected(id)) expect(all, all).to.include(text);
        // Nothing else is there: what the other settings ask for is not logged.
        for (const other of ['fatal', 'warn'].filter((one) => one !== level))
          expect(at(other)).to.deep.equal([]);
      });
    }

    it(`${setting}: null, false or a level that there is not logs nothing`, async () => {
      for (const level of [null, false, undefined, 'loud', 'constructor']) {
        const { running, logger } = await logged({ [setting]: level });
        const id = await act(running);
        const text = logger.lines.map((line) => line.text).join('\n');
        for (const secret of ['the-params', 'the-broadcast', id])
          expect(text, String(level)).not.to.include(secret);
      }
    });
  }

  it('logClientConnection tells who comes and who goes', async () => {
    const { running, at } = await logged({ logClientConnection: 'info' });
    const before = at('info').length;
    const id = await act(running);
    const lines = at('info')
      .slice(before)
      .filter((line) => line.includes(id));
    expect(lines).to.have.length(2);
    expect(lines[1]).to.include('client namespace disconnect');
  });

  it('logRequest and logRequestParams tell of calls through a proxy too', async () => {
    const { running, at } = await logged({ logRequest: 'warn', logRequestParams: 'warn' });
    await ask(await connect(running), 'call', 'math.add', { a: 'the-params' });
    const all = at('warn').join('\n');
    for (const text of ['call', 'math.add', 'the-params']) expect(all).to.include(text);
  });

  it('errors of the client are logged with log4XXResponses only, others always', async () => {
    for (const log4XXResponses of [true, false, undefined]) {
      const { running, logger } = await logged({ log4XXResponses });
      const client = await connect(running);
      for (const event of ['refuse', 'fail', 'nothing'])
        expect((await ask(client, event)).error).not.to.equal(null);
      expect((await ask(client, 'call', 'users.list')).error).to.include({ code: 404 });
      const errors = logger.errors.map(({ text }) => text).join('\n');
      expect(errors).to.include('No milk').and.to.include('fail');
      for (const text of ['No tea', 'users.list', 'EVENT_NOT_FOUND']) {
        expect(errors.includes(text), `${text} ${String(log4XXResponses)}`).to.equal(
          log4XXResponses === true,
        );
      }
    }
  });

  it("moleculer-io's service takes the same settings", async () => {
    const logger = new CollectingLogger('trace');
    const running = await start(
      {
        name: 'io',
        mixins: [SocketIOService],
        settings: { port: 0, logRequest: 'warn', logRequestParams: 'warn', logResponse: 'warn' },
        actions: { hello: { visibility: 'published', handler: () => 'the-answer' } },
      } as ServiceSchema,
      { logger },
    );
    await ask(await connect(running, '/'), 'call', 'io.hello', { the: 'params' });
    const text = logger.lines
      .filter(({ level }) => level === 'warn')
      .map((line) => line.text)
      .join('\n');
    for (const part of ['io.hello', "the: 'params'", 'the-answer']) expect(text).to.include(part);
  });
});

describe('metrics', () => {
  const METRICS: BrokerOptions = { metrics: { enabled: true, collectProcessMetrics: false } };

  let proceed = signal();
  let began = signal();
  beforeEach(() => {
    proceed = signal();
    began = signal();
  });

  @SocketNamespace('/x', { name: 'gateway', settings })
  class MeasuredGateway extends SocketGateway {
    @Authenticate()
    who(socket: Socket) {
      if (socket.handshake.auth['wrong']) throw new Error('wrong');
    }
    @PacketMiddleware()
    check(packet: unknown[], next: () => void) {
      if (packet[1] === 'refused') throw new Errors.MoleculerClientError('No', 409, 'NO');
      next();
    }
    @SocketEvent()
    echo(ctx: SocketContext) {
      return ctx.params;
    }
    @SocketEvent(['one', 'two'])
    several() {
      return null;
    }
    @SocketEvent()
    fail(ctx: SocketContext) {
      throw new Errors.MoleculerClientError('No tea', ctx.params as number, 'TEAPOT');
    }
    @SocketEvent()
    async slow() {
      began.fire();
      await proceed;
    }
    @SocketEvent({ whitelist: ['math.*'] })
    call!: ActionProxy;
  }

  interface Item {
    labels: object;
    value?: number;
    count?: number;
  }
  /** The values of a metric, by their labels. */
  function values({ broker }: Pick<Running, 'broker'>, name: string): [object, number | undefined][] {
    const metric = broker.metrics.getMetric(`moleculer.io.${name}`) as unknown as {
      snapshot(): Item[];
    } | null;
    expect(metric, name).not.to.equal(null);
    return metric!.snapshot().map(({ labels, value, count }) => [{ ...labels }, value ?? count]);
  }

  it('count events by their declared name and namespace', async () => {
    const running = await start(MeasuredGateway, METRICS);
    const client = await connect(running);
    for (const event of ['echo', 'echo', 'one', 'two']) await ask(client, event);
    await ask(client, 'call', 'no.such');
    const expected = [
      [{ namespace: '/x', event: 'echo' }, 2],
      [{ namespace: '/x', event: 'one' }, 1],
      [{ namespace: '/x', event: 'two' }, 1],
      [{ namespace: '/x', event: 'call' }, 1],
    ];
    expect(values(running, 'messages.total')).to.deep.equal(expected);
    expect(values(running, 'messages.time')).to.deep.equal(expected);
    expect(values(running, 'messages.active')).to.deep.equal(expected.map(([labels]) => [labels, 0]));
  });

  it('tell how many events are in work', async () => {
    const running = await start(MeasuredGateway, METRICS);
    const [a, b] = [await connect(running), await connect(running)];
    const slow = [ask(a, 'slow'), ask(b, 'slow')];
    await began;
    await ask(a, 'echo');
    await ask(b, 'echo');
    const active = () =>
      values(running, 'messages.active').find(([labels]) => (labels as any).event === 'slow');
    expect(active()).to.deep.equal([{ namespace: '/x', event: 'slow' }, 2]);
    proceed.fire();
    await Promise.all(slow);
    expect(active()![1]).to.equal(0);
  });

  it('tell the time from the event to its answer', async () => {
    const running = await start(MeasuredGateway, METRICS);
    const client = await connect(running);
    const slow = ask(client, 'slow');
    await began;
    setTimeout(() => proceed.fire(), 30);
    await slow;
    const [item] = (running.broker.metrics.getMetric('moleculer.io.messages.time') as any).snapshot();
    expect(item.lastValue).to.be.within(20, 1000);
  });

  it('are told before a client has its answer, however long that took', async () => {
    @SocketNamespace('/x', { name: 'gateway', settings })
    class UnhurriedGateway extends SocketGateway {
      @OnBeforeCall('prepared')
      prepare() {
        return new Promise((resolve) => setTimeout(resolve, 2));
      }
      @SocketEvent()
      prepared() {
        return null;
      }
      @SocketEvent()
      now() {
        return null;
      }
      @SocketEvent()
      soon() {
        return new Promise(setImmediate);
      }
      @SocketEvent()
      later() {
        return new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
    const running = await start(UnhurriedGateway, METRICS);
    const client = await connect(running);
    for (let times = 1; times <= 5; times++) {
      for (const event of ['now', 'prepared', 'soon', 'later']) {
        const told = await new Promise((resolve) => {
          client.emit(event, () => {
            const of = (name: string) =>
              values(running, name).find(([labels]) => (labels as { event: string }).event === event)![1];
            const requests = running.broker.metrics.getMetric('moleculer.request.total') as any;
            const ofAction = requests.get({ service: 'gateway', action: `gateway.${event}`, type: 'local' });
            resolve([...['messages.total', 'messages.time', 'messages.active'].map(of), ofAction.value]);
          });
        });
        expect(told, event).to.deep.equal([times, times, 0, times]);
      }
    }
  });

  it('tell who called, where a hook has said so', async () => {
    @SocketNamespace('/x', { name: 'gateway', settings })
    class NamingGateway extends SocketGateway {
      @OnBeforeCall()
      nameCaller(ctx: SocketContext) {
        ctx.caller = 'the app';
      }
      @SocketEvent()
      act() {
        return 'done';
      }
    }
    const running = await start(NamingGateway, METRICS);
    expect((await ask(await connect(running), 'act')).result).to.equal('done');
    const total = running.broker.metrics.getMetric('moleculer.request.total') as any;
    const labels = { service: 'gateway', action: 'gateway.act', type: 'local' };
    expect(total.get({ ...labels, caller: 'the app' }).value).to.equal(1);
    expect(total.get(labels)).to.equal(undefined);
  });

  it('of an event whose reporter throws are lost, and logged; the client gets its answer', async () => {
    // Moleculer calls reporters from timers of its own, too, where nobody can catch what they throw.
    let failing = true;
    class FailingReporter extends (MetricReporters.Base as unknown as new () => object) {
      init() {}
      stop() {}
      metricChanged({ name }: { name: string }) {
        if (failing && name.startsWith('moleculer.io.')) throw new Error(`no room for ${name}`);
      }
    }
    const logger = new CollectingLogger('error');
    const metrics = { ...(METRICS.metrics as object), reporter: new FailingReporter() };
    const running = await start(MeasuredGateway, { metrics, logger } as object);
    const client = await connect(running);
    expect((await ask(client, 'echo', 7)).result).to.equal(7);
    expect((await ask(client, 'fail', 418)).error).to.include({ code: 418 });
    const gone = new Promise((resolve) =>
      running.gateway.io.of('/x').sockets.get(client.id!)!.on('disconnect', resolve),
    );
    client.disconnect();
    await gone;
    failing = false;
    const lost = logger.lines.map(
      ({ text }) => /a reporter of metrics failed with '(.+?)': Error: no room/.exec(text)?.[1],
    );
    expect([...new Set(lost)]).to.have.members([
      'moleculer.io.socket.active',
      'moleculer.io.messages.total',
      'moleculer.io.messages.active',
      'moleculer.io.messages.time',
      'moleculer.io.messages.refused.total',
      'moleculer.io.socket.disconnects.total',
    ]);
  });

  it("are Moleculer's, too, of the action that a handler is: the same for an event as for a call", async () => {
    @SocketNamespace('/x', { name: 'gateway', version: 1, settings })
    class CalledGateway extends SocketGateway {
      @SocketEvent('please do', { visibility: 'public' })
      act(@MessageBody({ unchecked: true }) { fail }: any, @Ctx() ctx: SocketContext) {
        if (fail === undefined) return ctx.call('math.add');
        throw fail ? new Errors.MoleculerClientError('No tea', 418, 'TEAPOT') : new Error('no such field');
      }
    }
    const math: ServiceSchema = { name: 'math', actions: { add: () => 3 } };
    /** What Moleculer tells of requests, with the labels of every value. */
    const requests = ({ broker }: Running) =>
      ['total', 'active', 'time', 'levels', 'error.total'].map((name) => {
        const metric = broker.metrics.getMetric(`moleculer.request.${name}`) as unknown as {
          snapshot(): (Item & { key: string })[];
        };
        return metric
          .snapshot()
          .filter(({ key }) => !key.includes('$node'))
          .map(({ key, labels, value, count }) => [name, key, labels, value ?? count])
          .sort();
      });
    const payloads = [{}, {}, { fail: true }, {}, { fail: false }];

    const byEvents = await start([CalledGateway, math], METRICS);
    const client = await connect(byEvents);
    // One by one, and several in one go.
    for (const payload of payloads) await ask(client, 'please do', payload);
    await Promise.all(payloads.map((payload) => ask(client, 'please do', payload)));

    const byCalls = await start([CalledGateway, math], METRICS);
    for (const payload of [...payloads, ...payloads]) {
      await byCalls.broker.call('v1.gateway.act', payload).catch(() => undefined);
    }
    expect(requests(byEvents)).to.deep.equal(requests(byCalls));
    expect(requests(byEvents)[0]).to.deep.include([
      'total',
      '"v1.gateway"|"v1.gateway.act"|"local"|',
      { service: 'v1.gateway', action: 'v1.gateway.act', type: 'local', caller: null },
      10,
    ]);
  });

  it('tell how many sockets there are, and why they have gone', async () => {
    const running = await start(MeasuredGateway, METRICS);
    const [a, b, c] = [await connect(running), await connect(running), await connect(running)];
    expect(values(running, 'socket.active')).to.deep.equal([[{ namespace: '/x' }, 3]]);
    const gone = next(b, 'disconnect');
    await running.broker.call('gateway.disconnect', { socketIds: b.id });
    await gone;
    const left = new Promise((resolve) =>
      running.gateway.namespaces.get('/x')!.sockets.get(a.id!)!.once('disconnect', resolve),
    );
    a.disconnect();
    await left;
    expect(values(running, 'socket.active')).to.deep.equal([[{ namespace: '/x' }, 1]]);
    expect(values(running, 'socket.disconnects.total')).to.deep.equal([
      [{ namespace: '/x', reason: 'server namespace disconnect' }, 1],
      [{ namespace: '/x', reason: 'client namespace disconnect' }, 1],
    ]);
    expect((await ask(c, 'echo', 1)).result).to.equal(1);
  });

  it('count refused handshakes by their code', async () => {
    const running = await start(MeasuredGateway, METRICS);
    for (let i = 0; i < 2; i++) await refused(newClient(running, '/x', { auth: { wrong: true } }));
    expect(values(running, 'handshakes.refused.total')).to.deep.equal([[{ namespace: '/x', code: 401 }, 2]]);
    expect(values(running, 'socket.active')).to.deep.equal([]);
  });

  it('count refused packets by their code', async () => {
    const running = await start(MeasuredGateway, METRICS);
    const client = await connect(running);
    await ask(client, 'fail', 418);
    await ask(client, 'fail', 418);
    await ask(client, 'call', 'no.such');
    await ask(client, 'echo', 'refused'); // by the packet middleware
    expect(values(running, 'messages.refused.total')).to.have.deep.members([
      [{ namespace: '/x', code: 418 }, 2],
      [{ namespace: '/x', code: 404 }, 1],
      [{ namespace: '/x', code: 409 }, 1],
    ]);
  });

  it('count unknown events as refused, and never under a name of the client', async () => {
    const running = await start(MeasuredGateway, METRICS);
    const client = await connect(running);
    for (let i = 0; i < 3; i++) expect((await ask(client, `made-up-${i}`)).error).to.include({ code: 404 });
    const names = ['messages.total', 'messages.active', 'messages.time', 'messages.refused.total'];
    for (const name of names) expect(JSON.stringify(values(running, name)), name).not.to.include('made-up');
    expect(values(running, 'messages.refused.total')).to.deep.equal([[{ namespace: '/x', code: 404 }, 3]]);
  });

  it('count what a catch-all takes under its star', async () => {
    @SocketNamespace('/x', { settings })
    class AnythingGateway extends SocketGateway {
      @SocketEvent('*')
      any(ctx: SocketContext) {
        return ctx.event;
      }
    }
    const running = await start(AnythingGateway, METRICS);
    const client = await connect(running);
    for (let i = 0; i < 3; i++) expect((await ask(client, `made-up-${i}`)).result).to.equal(`made-up-${i}`);
    expect(values(running, 'messages.total')).to.deep.equal([[{ namespace: '/x', event: '*' }, 3]]);
  });

  it('count dynamic namespaces under their pattern', async () => {
    const REGEXP = /^\/room-(?<id>\d+)$/;
    @SocketNamespace(['/tenants/:tenantId', REGEXP], { name: 'gateway', settings })
    class TenantGateway extends MeasuredGateway {}
    const running = await start(TenantGateway, METRICS);
    for (const name of ['/tenants/a', '/tenants/b', '/room-1']) {
      const client = await connect(running, name);
      await ask(client, 'echo');
      await ask(client, 'fail', 418);
    }
    await refused(newClient(running, '/tenants/c', { auth: { wrong: true } }));
    const [tenants, room] = ['/tenants/:tenantId', String(REGEXP)];
    expect(values(running, 'socket.active')).to.deep.equal([
      [{ namespace: tenants }, 2],
      [{ namespace: room }, 1],
    ]);
    expect(values(running, 'messages.total')).to.deep.equal([
      [{ namespace: tenants, event: 'echo' }, 2],
      [{ namespace: tenants, event: 'fail' }, 2],
      [{ namespace: room, event: 'echo' }, 1],
      [{ namespace: room, event: 'fail' }, 1],
    ]);
    expect(values(running, 'messages.refused.total')).to.deep.equal([
      [{ namespace: tenants, code: 418 }, 2],
      [{ namespace: room, code: 418 }, 1],
    ]);
    expect(values(running, 'handshakes.refused.total')).to.deep.equal([
      [{ namespace: tenants, code: 401 }, 1],
    ]);
  });

  it('are shared by all gateways of a broker', async () => {
    @SocketNamespace('/y', { name: 'other', settings })
    class OtherGateway extends SocketGateway {
      @SocketEvent()
      echo() {
        return null;
      }
    }
    const running = await start([MeasuredGateway, OtherGateway], METRICS);
    for (const namespace of ['/x', '/y']) await ask(await connect(running, namespace), 'echo');
    expect(values(running, 'messages.total')).to.deep.equal([
      [{ namespace: '/x', event: 'echo' }, 1],
      [{ namespace: '/y', event: 'echo' }, 1],
    ]);
  });

  it("are those of moleculer-io's service as well", async () => {
    const running = await start(
      {
        name: 'io',
        mixins: [SocketIOService],
        settings: {
          port: 0,
          io: { namespaces: { '/': { events: { call: {}, mine: (ack: () => void) => ack() } } } },
        },
      } as ServiceSchema,
      METRICS,
    );
    const client = await connect(running, '/');
    await ask(client, 'call', 'no.such');
    await ask(client, 'mine');
    expect(values(running, 'messages.total')).to.deep.equal([
      [{ namespace: '/', event: 'call' }, 1],
      [{ namespace: '/', event: 'mine' }, 1],
    ]);
    expect(values(running, 'socket.active')).to.deep.equal([[{ namespace: '/' }, 1]]);
  });

  it('cost nothing where the broker has none', async () => {
    const running = await start(MeasuredGateway);
    expect((await ask(await connect(running), 'echo', 1)).result).to.equal(1);
    expect(running.broker.metrics.getMetric('moleculer.io.messages.total') ?? null).to.equal(null);
  });
});
