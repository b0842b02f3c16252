import { IsString } from 'class-validator';
import { expect } from 'chai';
import { PassThrough } from 'node:stream';
import type { ServiceSchema } from 'moleculer';
import {
  Ack,
  Authenticate,
  Authorize,
  MessageBody,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  PacketMiddleware,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type AckFormat,
  type ActionProxy,
} from '../../src';
import { acksOn, askRaw, connect, start } from '../support/run-in-memory';

/*
 * Every packet that asks for an answer gets one, in the format of the gateway, whatever happens to its event.
 */

class Message {
  @IsString()
  text!: string;
}

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);
const never = (): Promise<never> => new Promise(() => undefined);

class AnsweredGateway extends SocketGateway {
  @Authenticate()
  enter() {
    return { id: 7, role: 'member' };
  }
  @PacketMiddleware()
  check([event]: [string], next: (error?: Error) => void) {
    if (event === 'stopped') throw new Error('no');
    next(event === 'refused' ? new Error('no') : undefined);
  }
  override async socketGetMeta(socket: never) {
    return super.socketGetMeta(socket);
  }
  @SocketEvent()
  value() {
    return { a: 1 };
  }
  @SocketEvent()
  async promised() {
    return [1];
  }
  @SocketEvent()
  nothing() {
    // Nothing is returned.
  }
  @SocketEvent()
  acked(@Ack() ack: Ack) {
    setTimeout(ack, 1, null, 'late');
    return 'returned';
  }
  @Authorize('admin')
  @SocketEvent()
  admins() {
    return 'in';
  }
  @Authorize(() => false)
  @SocketEvent()
  nobody() {
    return 'in';
  }
  @Authorize(async () => {
    throw new Error('no');
  })
  @SocketEvent()
  undecided() {
    return 'in';
  }
  @SocketEvent()
  checked(@MessageBody() message: Message) {
    return message.text;
  }
  @SocketEvent('params', { params: { id: 'number' } })
  withParams() {
    return 1;
  }
  @SocketEvent()
  before() {
    return 1;
  }
  @OnBeforeCall('before')
  failBefore() {
    throw new Error('no');
  }
  @SocketEvent()
  after() {
    return 1;
  }
  @OnAfterCall('after')
  async failAfter() {
    throw new Error('no');
  }
  @SocketEvent('throws')
  throwing() {
    throw new Error('no');
  }
  @SocketEvent()
  throwsNull() {
    throw null;
  }
  @SocketEvent()
  forgiven() {
    throw new Error('no');
  }
  @OnCallError('forgiven')
  forgive() {
    return 'forgiven';
  }
  @SocketEvent('slow', { timeout: 5 })
  slow() {
    return never();
  }
  @RateLimit({ points: 1, duration: 60 })
  @SocketEvent()
  limited() {
    return 1;
  }
  @SocketEvent()
  circle() {
    const circle: Record<string, unknown> = {};
    return Object.assign(circle, { circle });
  }
  @SocketEvent()
  map() {
    return new Map();
  }
  @SocketEvent()
  stream() {
    return new PassThrough();
  }
  @SocketEvent('call', { whitelist: ['local.*'], multi: true })
  call!: ActionProxy;
}

const local: ServiceSchema = {
  name: 'local',
  actions: {
    value: () => 1,
    fail: () => {
      throw new Error('no');
    },
    slow: { timeout: 5, handler: never },
    exposed: { socket: 'exposed', handler: () => 1 },
  } as ServiceSchema['actions'],
};

/** What the client gets: a result, or the code of an error. */
type Expected = { readonly result: unknown } | { readonly code: number };

const CASES: readonly [what: string, packet: readonly [string, ...unknown[]], expected: Expected][] = [
  ['a value', ['value'], { result: { a: 1 } }],
  ['a promised value', ['promised'], { result: [1] }],
  ['no value', ['nothing'], { result: null }],
  ['a missing role', ['admins'], { code: 403 }],
  ['a policy that denies', ['nobody'], { code: 403 }],
  ['a policy that fails', ['undecided'], { code: 500 }],
  ['an invalid body', ['checked', { text: 1 }], { code: 422 }],
  ['a missing body', ['checked'], { code: 422 }],
  ['invalid params', ['params', { id: 'x' }], { code: 422 }],
  ['a packet middleware that refuses', ['refused'], { code: 500 }],
  ['a packet middleware that throws', ['stopped'], { code: 500 }],
  ['a before hook that throws', ['before'], { code: 500 }],
  ['an after hook that rejects', ['after'], { code: 500 }],
  ['a handler that throws', ['throws'], { code: 500 }],
  ['a handler that throws null', ['throwsNull'], { code: 500 }],
  ['an error hook that forgives', ['forgiven'], { result: 'forgiven' }],
  ['a timeout', ['slow'], { code: 504 }],
  ['an unknown event', ['unheard-of'], { code: 404 }],
  ['a payload that is too deep', ['value', nested(70)], { code: 413 }],
  ['a rate limit, the first time', ['limited'], { result: 1 }],
  ['a rate limit, the second time', ['limited'], { code: 429 }],
  ['a result that is a circle', ['circle'], { code: 500 }],
  ['a result that is a Map', ['map'], { code: 500 }],
  ['a result that is a stream', ['stream'], { code: 501 }],
  ['an action', ['call', 'local.value'], { result: 1 }],
  ['an action that fails', ['call', 'local.fail'], { code: 500 }],
  ['an action that is too slow', ['call', 'local.slow'], { code: 504 }],
  ['an unknown action', ['call', 'local.unheard'], { code: 404 }],
  ['a name that is no string', ['call', 5], { code: 400 }],
  ['no name', ['call'], { code: 400 }],
  ['several calls', ['call', [{ action: 'local.value' }, { action: 'local.value' }]], { result: [1, 1] }],
  ['no calls', ['call', []], { result: [] }],
  [
    'several calls of which all fail',
    ['call', [{ action: 'local.fail' }, { action: 'local.fail' }]],
    { code: 500 },
  ],
  ['several calls of a wrong shape', ['call', [5]], { code: 400 }],
  ['an exposed action', ['exposed'], { result: 1 }],
];

describe('every packet that asks for an answer', () => {
  for (const ack of ['error-first', 'object'] satisfies AckFormat[]) {
    @SocketNamespace('/x', { name: 'answered', settings: { port: 0 }, autoExpose: true, ack })
    class FormattedGateway extends AnsweredGateway {}

    it(`gets one: ${ack}`, async () => {
      const client = await connect(await start([FormattedGateway, local]));
      const acks = acksOn(client);
      for (const [what, [event, ...args], expected] of CASES) {
        const answer = await askRaw(client, event, ...args);
        const read =
          ack === 'object' ? answer[0] : { ok: answer[0] === null, error: answer[0], data: answer[1] };
        expect(answer, what).to.have.length('result' in expected && ack === 'error-first' ? 2 : 1);
        expect(read.ok, what).to.equal('result' in expected);
        if ('code' in expected) expect(read.error.code, what).to.equal(expected.code);
        else expect(read.data ?? null, what).to.deep.equal(expected.result);
      }
      expect(await askRaw(client, 'acked')).to.deep.equal([null, 'late']);
      expect(acks).to.have.length(CASES.length + 1);
    });
  }

  it('gets one where nothing else is awaited: all at the same time', async () => {
    @SocketNamespace('/x', { name: 'answered', settings: { port: 0 }, autoExpose: true })
    class BusyGateway extends AnsweredGateway {}

    const client = await connect(await start([BusyGateway, local]));
    const acks = acksOn(client);
    await Promise.all(CASES.map(([, [event, ...args]]) => askRaw(client, event, ...args)));
    await askRaw(client, 'value');
    expect(acks).to.have.length(CASES.length + 1);
  });

  it('gets one over the limit of pending events, and when there is room again', async () => {
    @SocketNamespace('/x', {
      name: 'answered',
      settings: { port: 0 },
      limits: { maxPending: 2, concurrency: 1 },
    })
    class NarrowGateway extends AnsweredGateway {}

    const client = await connect(await start([NarrowGateway, local]));
    const acks = acksOn(client);
    const answers = await Promise.all(Array.from({ length: 6 }, () => askRaw(client, 'slow')));
    expect(answers.map(([error]) => error.code).sort()).to.deep.equal([429, 429, 429, 429, 504, 504]);
    expect((await askRaw(client, 'value'))[0]).to.equal(null);
    expect(acks).to.have.length(7);
  });
});
