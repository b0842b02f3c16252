import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Errors, type ServiceSchema } from 'moleculer';
import {
  Ack,
  MessageBody,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
} from '../../src';
import {
  acksOn,
  askRaw,
  connect,
  expectedMask,
  start,
  type Client,
  type Options,
} from '../support/run-in-memory';
/** A handler takes so long in place of the 10 ms of its timeout: a busy machine may start the timeout much later. */
const SLOW_MS = 150;

/*
 * A handler that injects the ack answers by itself. If something else gives the result in its place, that is the answer.
 */

/** What the handler of the event does with its ack. Late answers come after 40 ms. */
const RUNS: Record<string, (ack: Ack, run: number) => unknown> = {
  throws() {
    throw new Error('down');
  },
  rejects: () => Promise.reject(new Error('down')),
  'rejects with what may be retried': () =>
    Promise.reject(new Errors.MoleculerRetryableError('down', 503, 'DOWN')),
  'answers and throws'(ack) {
    ack(null, 'handler');
    throw new Error('down');
  },
  'answers and rejects with what may be retried'(ack, run) {
    ack(null, `run ${run}`);
    throw new Errors.MoleculerRetryableError('down', 503, 'DOWN');
  },
  'throws and answers late'(ack) {
    setTimeout(() => ack(null, 'late'), 40);
    throw new Error('down');
  },
  answers(ack) {
    ack(null, 'handler');
    return 'returned';
  },
  'answers late'(ack) {
    setTimeout(() => ack(null, 'late'), 40);
    return 'returned';
  },
  async 'answers in time, and is done after the timeout'(ack) {
    ack(null, 'handler');
    await sleep(SLOW_MS);
    return 'returned';
  },
  async 'is done after the timeout'(ack) {
    await sleep(SLOW_MS);
    ack(null, 'late');
    return 'returned';
  },
  async 'is slow the first time'(ack, run) {
    if (run === 1) await sleep(SLOW_MS);
    ack(null, `run ${run}`);
  },
  'fails the first time, and answers late'(ack, run) {
    setTimeout(() => ack(null, `run ${run}`), run === 1 ? 10 : 30);
    if (run === 1) throw new Errors.MoleculerRetryableError('down', 503, 'DOWN');
  },
};

const runs = { asked: '', count: 0 };
const run = (ack: Ack): unknown => RUNS[runs.asked]!(ack, ++runs.count);

@SocketNamespace('/x', {
  settings: { port: 0 },
  hooks: { error: { hooked: () => 'hook' } } as object,
})
class AnsweringGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }
  @SocketEvent()
  plain(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent('fallback', { fallback: async () => 'fallback' })
  fallback(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent('hurried', { timeout: 10 })
  hurried(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent('hurriedFallback', { timeout: 10, fallback: async () => 'fallback' })
  hurriedFallback(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent('cached', { cache: { keys: ['id'] } })
  cached(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent()
  hooked(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent('ownHook', { hooks: { error: () => 'hook' } } as object)
  ownHook(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent()
  forgiven(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent('forgivenTimeout', { timeout: 10 })
  forgivenTimeout(@Ack() ack: Ack) {
    return run(ack);
  }
  @OnCallError('forgiven|forgivenTimeout|refusedBefore|refusedAfter')
  forgive() {
    return 'forgiven';
  }
  @SocketEvent()
  refusedBefore(@Ack() ack: Ack) {
    return run(ack);
  }
  @OnBeforeCall('refusedBefore')
  refuse() {
    throw new Error('no');
  }
  @SocketEvent()
  refusedAfter(@Ack() ack: Ack) {
    return run(ack);
  }
  @OnAfterCall('refusedAfter')
  refuseResult() {
    throw new Error('no');
  }
  @SocketEvent()
  replaced(@Ack() ack: Ack) {
    return run(ack);
  }
  @OnAfterCall('replaced')
  replace() {
    return 'replaced';
  }
  @SocketEvent('retried', { retryPolicy: { enabled: true, retries: 1, delay: 5 } } as object)
  retried(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent('hurriedRetried', {
    timeout: 10,
    retryPolicy: { enabled: true, retries: 1, delay: 5 },
  } as object)
  hurriedRetried(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent('retriedFallback', {
    retryPolicy: { enabled: true, retries: 1, delay: 5 },
    fallback: async () => 'fallback',
  } as object)
  retriedFallback(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent()
  skipped(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent()
  intercepted(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent()
  caught(@Ack() ack: Ack) {
    return run(ack);
  }
  @SocketEvent('guarded', { params: { id: 'number' } })
  guarded(@MessageBody() _body: string, @Ack() ack: Ack) {
    return run(ack);
  }
}

const middleware = {
  /** Gives the result of the action, and does not call it. */
  localAction: (next: any, action: any) => (ctx: any) =>
    action.rawName === 'skipped' ? Promise.resolve('middleware') : next(ctx),
  localSocketEvent: (next: any, event: any) => (ctx: any) => {
    if (event.name === 'intercepted' || event.name === 'function') return Promise.resolve('middleware');
    return event.name === 'caught' || event.name === 'failing'
      ? next(ctx).catch(() => 'middleware')
      : next(ctx);
  },
};

/** What the client gets; `'masked'` and numbers are errors. `runs`: how often the handler has run. */
interface Case {
  readonly event: string;
  readonly run: string;
  readonly answer: unknown;
  readonly runs: number;
}

const CASES: readonly Case[] = [
  // The handler answers by itself.
  { event: 'plain', run: 'answers', answer: 'handler', runs: 1 },
  { event: 'plain', run: 'answers late', answer: 'late', runs: 1 },
  { event: 'plain', run: 'throws', answer: 'masked', runs: 1 },
  { event: 'plain', run: 'rejects', answer: 'masked', runs: 1 },
  { event: 'plain', run: 'answers and throws', answer: 'handler', runs: 1 },
  { event: 'plain', run: 'throws and answers late', answer: 'masked', runs: 1 },
  { event: 'replaced', run: 'answers late', answer: 'late', runs: 1 },
  { event: 'fallback', run: 'answers late', answer: 'late', runs: 1 },
  { event: 'forgiven', run: 'answers late', answer: 'late', runs: 1 },
  // A fallback.
  { event: 'fallback', run: 'throws', answer: 'fallback', runs: 1 },
  { event: 'fallback', run: 'rejects', answer: 'fallback', runs: 1 },
  { event: 'fallback', run: 'answers and throws', answer: 'handler', runs: 1 },
  { event: 'fallback', run: 'throws and answers late', answer: 'fallback', runs: 1 },
  // Error hooks.
  { event: 'hooked', run: 'throws', answer: 'hook', runs: 1 },
  { event: 'ownHook', run: 'rejects', answer: 'hook', runs: 1 },
  { event: 'hooked', run: 'answers and throws', answer: 'handler', runs: 1 },
  { event: 'forgiven', run: 'throws', answer: 'forgiven', runs: 1 },
  { event: 'forgiven', run: 'rejects', answer: 'forgiven', runs: 1 },
  { event: 'forgiven', run: 'throws and answers late', answer: 'forgiven', runs: 1 },
  { event: 'forgiven', run: 'answers and throws', answer: 'handler', runs: 1 },
  { event: 'refusedBefore', run: 'answers', answer: 'forgiven', runs: 0 },
  { event: 'refusedAfter', run: 'answers', answer: 'handler', runs: 1 },
  { event: 'refusedAfter', run: 'answers late', answer: 'forgiven', runs: 1 },
  // Timeouts.
  { event: 'hurried', run: 'is done after the timeout', answer: 504, runs: 1 },
  { event: 'hurried', run: 'answers in time, and is done after the timeout', answer: 'handler', runs: 1 },
  { event: 'hurriedFallback', run: 'is done after the timeout', answer: 'fallback', runs: 1 },
  { event: 'forgivenTimeout', run: 'is done after the timeout', answer: 'forgiven', runs: 1 },
  // Retries.
  { event: 'retried', run: 'rejects with what may be retried', answer: 503, runs: 2 },
  { event: 'retriedFallback', run: 'rejects with what may be retried', answer: 'fallback', runs: 2 },
  { event: 'retried', run: 'answers and rejects with what may be retried', answer: 'run 1', runs: 2 },
  { event: 'retried', run: 'fails the first time, and answers late', answer: 'run 2', runs: 2 },
  { event: 'hurriedRetried', run: 'is slow the first time', answer: 'run 2', runs: 2 },
  // What does not call the handler.
  { event: 'skipped', run: 'answers', answer: 'middleware', runs: 0 },
  { event: 'intercepted', run: 'answers', answer: 'middleware', runs: 0 },
  { event: 'caught', run: 'throws', answer: 'middleware', runs: 1 },
  { event: 'caught', run: 'answers and throws', answer: 'handler', runs: 1 },
  { event: 'caught', run: 'answers late', answer: 'late', runs: 1 },
  { event: 'guarded', run: 'answers', answer: 422, runs: 0 },
];

describe('the ack that a handler injects', () => {
  const options: Options = { middlewares: [middleware], cacher: 'Memory' };

  /** Asks; there must be one answer, also after everything that comes late. */
  async function answerOf(client: Client, event: string, ...args: unknown[]): Promise<unknown> {
    const acks = acksOn(client);
    const [error, result, ...rest] = await askRaw(client, event, ...args);
    await sleep(runs.asked.includes('timeout') || runs.asked.includes('slow') ? SLOW_MS : 60);
    await askRaw(client, 'ping');
    expect(acks, 'the answer and the one to ping').to.have.length(2);
    expect(rest).to.deep.equal([]);
    if (error === null) return result;
    if (error.code !== 500) return error.code;
    expect(error).to.deep.equal(expectedMask(error.data.requestID));
    return 'masked';
  }

  for (const { event, run: asked, answer, runs: count } of CASES) {
    it(`is used once: '${event}', whose handler ${asked}, is answered '${String(answer)}'`, async () => {
      const client = await connect(await start(AnsweringGateway, options));
      Object.assign(runs, { asked, count: 0 });
      expect(await answerOf(client, event, 'body')).to.equal(answer);
      expect(runs.count).to.equal(count);
    });
  }

  it('is not used by a handler whose result comes from the cache, and the result is the answer', async () => {
    const client = await connect(await start(AnsweringGateway, options));
    Object.assign(runs, { asked: 'answers', count: 0 });
    expect(await answerOf(client, 'cached', { id: 1 })).to.equal('handler');
    expect(await answerOf(client, 'cached', { id: 1 })).to.equal('returned');
    expect(runs.count).to.equal(1);
  });

  it('answers in the format of the gateway', async () => {
    @SocketNamespace('/x', { settings: { port: 0 }, ack: 'object' })
    class ObjectGateway extends AnsweringGateway {}

    const client = await connect(await start(ObjectGateway, options));
    Object.assign(runs, { asked: 'throws', count: 0 });
    expect(await askRaw(client, 'fallback')).to.deep.equal([{ ok: true, data: 'fallback' }]);
    expect(await askRaw(client, 'intercepted')).to.deep.equal([{ ok: true, data: 'middleware' }]);
  });

  it('does nothing where the client asked for no answer, and neither does what stands in for the handler', async () => {
    const client = await connect(await start(AnsweringGateway, options));
    const acks = acksOn(client);
    for (const { event, run: asked } of CASES) {
      Object.assign(runs, { asked, count: 0 });
      client.emit(event, 'body');
      await askRaw(client, 'ping');
    }
    await sleep(runs.asked.includes('timeout') || runs.asked.includes('slow') ? SLOW_MS : 60);
    await askRaw(client, 'ping');
    expect(acks).to.have.length(CASES.length + 1);
  });

  it('is the answer of a function of moleculer-io’s settings, unless a middleware answers in its place', async () => {
    const io = {
      name: 'io',
      mixins: [SocketIOService],
      settings: {
        port: 0,
        io: {
          namespaces: {
            '/x': {
              events: {
                ping: (ack: Ack) => ack(null, 'pong'),
                answering(ack: Ack) {
                  setTimeout(() => ack(null, 'function'), 5);
                  return 'returned';
                },
                function: (ack: Ack) => ack(null, 'function'),
                failing() {
                  throw new Error('down');
                },
                takes: (...args: unknown[]) => {
                  (args.at(-1) as Ack)(null, args.length);
                },
              },
            },
          },
        },
      },
    };
    const client = await connect(await start(io as object as ServiceSchema, options));
    expect(await answerOf(client, 'answering')).to.equal('function');
    expect(await answerOf(client, 'function')).to.equal('middleware');
    expect(await answerOf(client, 'failing')).to.equal('middleware');
    expect(await answerOf(client, 'takes', 1, 2)).to.equal(3);
  });
});
