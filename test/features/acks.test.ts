import { inspect } from 'node:util';
import { expect } from 'chai';
import { Errors as MoleculerErrors } from 'moleculer';
import { Ack, MessageBody, OnDisconnect, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import {
  acksOn,
  ask,
  askRaw,
  CollectingLogger,
  connect,
  expectedMask,
  newBroker,
  portOf,
  serviceOf,
  signal,
  start,
  type Client,
} from '../support/run-gateway';
import { shareGateway } from '../support/shared-gateway';

const { MoleculerError } = MoleculerErrors;

function nested(levels: number): unknown {
  let value: unknown = 'core';
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

function circle(): object {
  const value: Record<string, unknown> = {};
  value['self'] = value;
  return value;
}

const refuseAll = new Proxy(
  {},
  {
    get: (_target, trap) => () => {
      throw new Error(`the trap ${String(trap)} was sprung`);
    },
  },
);

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

function withThrowingGetters(error: Error): Error {
  for (const key of [
    'message',
    'name',
    'stack',
    'code',
    'type',
    'data',
    'cause',
    'nodeID',
    'retryable',
    'toString',
  ]) {
    Object.defineProperty(error, key, {
      configurable: true,
      get() {
        throw new Error(`nobody may look at ${key}`);
      },
    });
  }
  return error;
}

/** What application code may throw, and clients may not see. */
const UNSEEN: Record<string, () => unknown> = {
  'an Error': () => new Error('secret'),
  'a TypeError': () => new TypeError('secret'),
  'an Error with a code of its own': () =>
    Object.assign(new Error('secret'), { code: 'ENOENT', type: 'secret' }),
  'an Error whose cause is a circle': () => {
    const error = new Error('secret');
    error.cause = error;
    return error;
  },
  'a frozen Error': () => Object.freeze(new Error('secret')),
  'an Error whose getters throw': () => withThrowingGetters(new Error('secret')),
  'an Error that cannot be inspected': () =>
    Object.assign(new Error('secret'), {
      [inspect.custom]() {
        throw new Error('secret');
      },
    }),
  'an Error whose toJSON throws': () =>
    Object.assign(new Error('secret'), {
      toJSON() {
        throw new Error('secret');
      },
    }),
  'a string': () => 'secret',
  'an empty string': () => '',
  null: () => null,
  undefined: () => undefined,
  false: () => false,
  zero: () => 0,
  'a BigInt': () => 10n,
  'a symbol': () => Symbol('secret'),
  'a function': () => () => 'secret',
  'an object': () => ({ message: 'secret', code: 200 }),
  'an object without a prototype': () => Object.assign(Object.create(null), { secret: 1 }),
  'an object that looks like an error of Moleculer': () => ({
    name: 'MoleculerError',
    message: 'secret',
    code: 200,
    retryable: false,
    nodeID: 'secret',
  }),
  'a frozen object': () => Object.freeze({ secret: 1 }),
  'a circle': circle,
  'a thenable': () => ({ then: () => undefined }),
  'an object whose toString throws': () => ({
    toString() {
      throw new Error('secret');
    },
  }),
  'a Proxy whose traps throw': () => new Proxy(new Error('secret'), refuseAll),
  'a revoked Proxy': revoked,
  'a Proxy of an Error whose traps throw': () => new Proxy(function secret() {}, refuseAll),
};

/** What cannot be written to a client. */
const UNWRITABLE: Record<string, () => unknown> = {
  'a circle': circle,
  'a circle of arrays': () => {
    const list: unknown[] = [];
    list.push(list);
    return list;
  },
  'a BigInt': () => 10n,
  'a BigInt inside': () => ({ list: [{ id: 10n }] }),
  '20,000 levels': () => nested(20_000),
  'a toJSON that throws': () => ({
    toJSON() {
      throw new Error('secret');
    },
  }),
  'a toJSON that throws null': () => ({
    toJSON() {
      throw null;
    },
  }),
  'a getter that throws': () => ({
    get secret(): string {
      throw new Error('secret');
    },
  }),
  'a Proxy whose traps throw': () => ({ proxy: new Proxy({}, refuseAll) }),
  'a revoked Proxy': () => [revoked()],
  'a Buffer and a circle': () => ({ bytes: Buffer.from('abc'), circle: circle() }),
};

const VALUES: Record<string, unknown> = {
  'a number': 1,
  'a string': 'one',
  'an object': { one: 1, list: [{ two: 2 }] },
  'an array': [1, [2]],
  false: false,
  zero: 0,
  'an empty string': '',
  null: null,
};

/** Asks, and makes sure that exactly one packet came back for it. */
async function askOnce(client: Client, event: string, ...args: unknown[]) {
  const acks = acksOn(client);
  const answer = await ask(client, event, ...args);
  await ask(client, 'ping');
  expect(acks, 'the answer and the one to ping').to.have.length(2);
  return answer;
}

describe('acks', () => {
  const thrown: Record<string, () => unknown> = {
    ...UNSEEN,
    'a MoleculerError': () => new MoleculerError('seen', 418, 'TEAPOT', { tea: 1 }),
    'a MoleculerError whose data is a circle': () => new MoleculerError('seen', 418, 'TEAPOT', circle()),
    'a MoleculerError whose data holds a BigInt': () =>
      new MoleculerError('seen', 418, 'TEAPOT', { id: 10n }),
    'a MoleculerError whose data is 20,000 levels deep': () =>
      new MoleculerError('seen', 418, 'TEAPOT', nested(20_000)),
    'a MoleculerError whose data is a Proxy': () =>
      new MoleculerError('seen', 418, 'TEAPOT', new Proxy({}, refuseAll)),
    'a MoleculerError whose type is a BigInt': () => new MoleculerError('seen', 418, 10n as never),
    'a MoleculerError whose message is a circle': () =>
      new MoleculerError(circle() as never, 418, 'TEAPOT', {}),
    'a MoleculerError whose name is a circle': () =>
      Object.assign(new MoleculerError('seen', 418), { name: circle() }),
    'a frozen MoleculerError': () => Object.freeze(new MoleculerError('seen', 418, 'TEAPOT')),
    'a MoleculerError whose getters throw': () =>
      withThrowingGetters(new MoleculerError('seen', 418, 'TEAPOT')),
  };
  const held = new Map<string, (value: unknown) => void>();

  @SocketNamespace('/x', { settings: { port: 0 }, limits: { maxPending: 3 } })
  class EverythingGateway extends SocketGateway {
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent()
    value(@MessageBody() key: string) {
      return VALUES[key];
    }
    @SocketEvent()
    async promisedValue(@MessageBody() key: string) {
      return VALUES[key];
    }
    @SocketEvent()
    nothing() {}
    @SocketEvent('throws')
    fail(@MessageBody() key: string) {
      throw thrown[key]!();
    }
    @SocketEvent()
    rejects(@MessageBody() key: string) {
      return Promise.reject(thrown[key]!());
    }
    @SocketEvent()
    unwritable(@MessageBody() key: string) {
      return UNWRITABLE[key]!();
    }
    @SocketEvent()
    binary() {
      return { bytes: Buffer.from('abc') };
    }
    @SocketEvent('slow', { timeout: 30 })
    never() {
      return new Promise(() => undefined);
    }
    @SocketEvent()
    hold(@MessageBody() key: string) {
      return new Promise((resolve) => held.set(key, resolve));
    }
    @SocketEvent()
    count(
      @MessageBody(0, { unchecked: true }) a: unknown,
      @MessageBody(1, { unchecked: true }) b: unknown,
      @MessageBody(2, { unchecked: true }) c: unknown,
    ) {
      return [a, b, c];
    }
  }

  describe('error-first', () => {
    const logger = new CollectingLogger();
    const running = shareGateway(EverythingGateway, { logger });

    for (const [name, value] of Object.entries(VALUES)) {
      it(`answers with ${name}, returned or promised`, async () => {
        const client = await connect(await running());
        expect(await askOnce(client, 'value', name)).to.deep.equal({ error: null, result: value });
        expect(await askOnce(client, 'promisedValue', name)).to.deep.equal({ error: null, result: value });
      });
    }

    it('answers for a handler that returns nothing', async () => {
      const client = await connect(await running());
      expect(await askOnce(client, 'nothing')).to.deep.equal({ error: null, result: null });
    });

    it('answers with binary data', async () => {
      const client = await connect(await running());
      expect(await askOnce(client, 'binary')).to.deep.equal({
        error: null,
        result: { bytes: Buffer.from('abc') },
      });
    });

    for (const name of Object.keys(thrown)) {
      it(`answers once where a handler throws, or rejects with, ${name}`, async () => {
        const client = await connect(await running());
        for (const event of ['throws', 'rejects']) {
          const { error, result } = await askOnce(client, event, name);
          expect(result).to.equal(undefined);
          if (name in UNSEEN) {
            expect(error).to.deep.equal(expectedMask(error.data.requestID));
            expect(error.data.requestID).to.be.a('string').and.not.equal('');
          } else {
            expect(error.code).to.be.oneOf([418, 500]);
            expect(error).not.to.have.property('stack');
          }
        }
      });
    }

    it('says what it can of an error whose data cannot be written', async () => {
      const client = await connect(await running());
      for (const name of ['a circle', '20,000 levels deep']) {
        const { error } = await ask(client, 'throws', `a MoleculerError whose data is ${name}`);
        expect(error).to.deep.equal({ name: 'MoleculerError', message: 'seen', code: 418, type: 'TEAPOT' });
      }
    });

    for (const name of Object.keys(UNWRITABLE)) {
      it(`answers once where the result is, or holds, ${name}`, async () => {
        const client = await connect(await running());
        const { error } = await askOnce(client, 'unwritable', name);
        expect(error).to.deep.equal(expectedMask(error.data.requestID));
        expect(logger.having(error.data.requestID), 'the reason is in the log').to.have.length(1);
      });
    }

    it('answers when the handler takes too long', async () => {
      const client = await connect(await running());
      const { error } = await askOnce(client, 'slow');
      expect(error).to.include({ name: 'RequestTimeoutError', code: 504, type: 'REQUEST_TIMEOUT' });
      expect(error.data).not.to.have.property('nodeID');
    });

    it('answers an event that nobody handles', async () => {
      const client = await connect(await running());
      const { error } = await askOnce(client, 'unheard-of', 1, 2);
      expect(error).to.deep.equal({
        name: 'NotFoundError',
        message: 'Not found',
        code: 404,
        type: 'EVENT_NOT_FOUND',
        data: { event: 'unheard-of' },
      });
    });

    it('does nothing for an event that nobody handles and nobody asks about', async () => {
      const client = await connect(await running());
      const acks = acksOn(client);
      client.emit('unheard-of');
      client.emit('throws', 'null');
      client.emit('nothing');
      expect(await ask(client, 'ping')).to.deep.equal({ error: null, result: 'pong' });
      expect(acks).to.have.length(1);
    });

    it('refuses at once what is over maxPending, and answers the rest', async () => {
      const client = await connect(await running());
      const acks = acksOn(client);
      const waiting = ['a', 'b', 'c'].map((key) => ask(client, 'hold', key));
      const { error } = await ask(client, 'hold', 'd');
      expect(error).to.include({ name: 'RateLimitExceeded', code: 429 });
      expect(held.has('d'), 'the handler ran all the same').to.equal(false);
      expect(acks).to.have.length(1);
      for (const [key, answer] of held) answer(key);
      expect((await Promise.all(waiting)).map(({ result }) => result)).to.deep.equal(['a', 'b', 'c']);
      expect((await ask(client, 'ping')).result, 'there is room again').to.equal('pong');
      expect(acks).to.have.length(5);
    });

    it('counts the pending events of each client by itself', async () => {
      const [greedy, modest] = [await connect(await running()), await connect(await running())];
      for (const key of ['a', 'b', 'c']) greedy.emit('hold', key);
      expect((await ask(greedy, 'ping')).error.code).to.equal(429);
      expect(await ask(modest, 'ping')).to.deep.equal({ error: null, result: 'pong' });
      for (const answer of held.values()) answer(null);
    });

    it('takes the last argument as the ack, however many come before', async () => {
      const client = await connect(await running());
      expect((await askOnce(client, 'count')).result).to.deep.equal([null, null, null]);
      expect((await askOnce(client, 'count', 1)).result).to.deep.equal([1, null, null]);
      expect((await askOnce(client, 'count', 1, 2, 3, 4, 5)).result).to.deep.equal([1, 2, 3]);
    });
  });

  describe('object', () => {
    @SocketNamespace('/x', { settings: { port: 0 }, ack: 'object' })
    class ObjectGateway extends EverythingGateway {}
    const running = shareGateway(ObjectGateway);

    it('resolves emitWithAck with { ok: true, data }', async () => {
      const client = await connect(await running());
      for (const [name, data] of Object.entries(VALUES)) {
        expect(await client.emitWithAck('value', name)).to.deep.equal({ ok: true, data });
      }
      expect((await client.emitWithAck('nothing')).ok).to.equal(true);
    });

    it('resolves emitWithAck with { ok: false, error }', async () => {
      const client = await connect(await running());
      for (const name of Object.keys(UNSEEN)) {
        const { ok, error, ...rest } = await client.emitWithAck('throws', name);
        expect(rest).to.deep.equal({});
        expect(ok).to.equal(false);
        expect(error).to.deep.equal(expectedMask(error.data.requestID));
      }
      expect(await client.emitWithAck('throws', 'a MoleculerError')).to.deep.equal({
        ok: false,
        error: { name: 'MoleculerError', message: 'seen', code: 418, type: 'TEAPOT', data: { tea: 1 } },
      });
    });

    it('answers everything else with one object too', async () => {
      const client = await connect(await running());
      expect((await client.emitWithAck('unheard-of')).error.code).to.equal(404);
      expect((await client.emitWithAck('slow')).error.code).to.equal(504);
      expect((await client.emitWithAck('value', 1)).error.code).to.equal(422);
      for (const name of Object.keys(UNWRITABLE)) {
        expect((await client.emitWithAck('unwritable', name)).error.code).to.equal(500);
      }
      expect(await askRaw(client, 'nothing')).to.have.length(1);
    });
  });

  describe('@Ack()', () => {
    let later: () => void;
    let outcome: unknown;

    @SocketNamespace('/x', { settings: { port: 0 } })
    class AnsweringGateway extends SocketGateway {
      @SocketEvent()
      ping() {
        return 'pong';
      }
      @SocketEvent()
      once(@Ack() ack: Ack) {
        ack('one', 'two', 3);
        return 'ignored';
      }
      @SocketEvent()
      async twice(@Ack() ack: Ack) {
        ack('first');
        await Promise.resolve();
        ack('second');
      }
      @SocketEvent()
      later(@Ack() ack: Ack) {
        later = () => ack('late');
      }
      @SocketEvent()
      unwritable(@MessageBody() key: string, @Ack() ack: Ack) {
        ack(UNWRITABLE[key]!());
      }
      @SocketEvent()
      unwritableLater(@MessageBody() key: string, @Ack() ack: Ack) {
        later = () => {
          try {
            outcome = ack(UNWRITABLE[key]!());
          } catch (error) {
            outcome = error;
          }
        };
      }
      @SocketEvent()
      unwritableThenGood(@Ack() ack: Ack) {
        ack(10n);
        ack('good');
      }
      @SocketEvent()
      throwsBefore(@MessageBody() key: string, @Ack() _ack: Ack) {
        throw UNSEEN[key]!();
      }
      @SocketEvent()
      async throwsAfter(@MessageBody() key: string, @Ack() ack: Ack) {
        ack('answered');
        await Promise.resolve();
        throw UNSEEN[key]!();
      }
      @SocketEvent('tooSlow', { timeout: 30 })
      tooSlow(@Ack() ack: Ack) {
        later = () => ack('too late');
        return new Promise(() => undefined);
      }
      @SocketEvent()
      isFunction(@Ack() ack: Ack, @MessageBody() key: string) {
        outcome = typeof ack;
        ack(UNWRITABLE[key]?.());
        ack('again');
      }
    }

    beforeEach(() => {
      outcome = 'not called';
    });

    it('lets the handler answer, with whatever arguments', async () => {
      const client = await connect(await start(AnsweringGateway));
      const acks = acksOn(client);
      expect(await askRaw(client, 'once')).to.deep.equal(['one', 'two', 3]);
      await ask(client, 'ping');
      expect(acks).to.have.length(2);
    });

    it('ignores a second answer', async () => {
      const client = await connect(await start(AnsweringGateway));
      expect(await askOnce(client, 'twice')).to.deep.equal({ error: 'first', result: undefined });
    });

    it('waits for an answer that comes after the handler has returned', async () => {
      const client = await connect(await start(AnsweringGateway));
      const answer = askRaw(client, 'later');
      const acks = acksOn(client);
      await ask(client, 'ping');
      expect(acks, 'only ping is answered').to.have.length(1);
      later();
      expect(await answer).to.deep.equal(['late']);
      later();
      await ask(client, 'ping');
      expect(acks).to.have.length(3);
    });

    it('answers with an error where the value cannot be written', async () => {
      const client = await connect(await start(AnsweringGateway));
      for (const name of Object.keys(UNWRITABLE)) {
        const { error } = await askOnce(client, 'unwritable', name);
        expect(error).to.deep.equal(expectedMask(error.data.requestID));
      }
    });

    it('does not throw into a timer where the value cannot be written', async () => {
      const client = await connect(await start(AnsweringGateway));
      for (const name of Object.keys(UNWRITABLE)) {
        const answer = ask(client, 'unwritableLater', name);
        await ask(client, 'ping');
        later();
        expect(outcome).to.equal(undefined);
        expect((await answer).error.code).to.equal(500);
      }
    });

    it('answers once where a good value follows one that cannot be written', async () => {
      const client = await connect(await start(AnsweringGateway));
      expect((await askOnce(client, 'unwritableThenGood')).error.code).to.equal(500);
    });

    it('answers with the error where the handler throws before it has answered', async () => {
      const client = await connect(await start(AnsweringGateway));
      for (const name of Object.keys(UNSEEN)) {
        const { error } = await askOnce(client, 'throwsBefore', name);
        expect(error).to.deep.equal(expectedMask(error.data.requestID));
      }
    });

    it('keeps the answer, and logs the error, where the handler throws after it has answered', async () => {
      const logger = new CollectingLogger();
      const client = await connect(await start(AnsweringGateway, { logger }));
      for (const name of Object.keys(UNSEEN)) {
        expect(await askOnce(client, 'throwsAfter', name)).to.deep.equal({
          error: 'answered',
          result: undefined,
        });
      }
      expect(logger.having('throwsAfter')).to.have.length(Object.keys(UNSEEN).length);
    });

    it('answers with the timeout, and ignores what comes after it', async () => {
      const client = await connect(await start(AnsweringGateway));
      const acks = acksOn(client);
      expect((await ask(client, 'tooSlow')).error.code).to.equal(504);
      later();
      await ask(client, 'ping');
      expect(acks).to.have.length(2);
    });

    it('does nothing where the client asked for no answer', async () => {
      const client = await connect(await start(AnsweringGateway));
      const acks = acksOn(client);
      for (const name of ['nothing unwritable', ...Object.keys(UNWRITABLE)]) {
        client.emit('isFunction', name);
        await ask(client, 'ping');
        expect(outcome).to.equal('function');
      }
      expect(acks).to.have.length(1 + Object.keys(UNWRITABLE).length);
    });
  });

  describe('of a client that has gone', () => {
    const entered = signal();
    const left = signal();
    const leave = signal<string>();
    let injected: Ack;

    @SocketNamespace('/x', { settings: { port: 0 } })
    class PatientGateway extends SocketGateway {
      @SocketEvent()
      async wait() {
        entered.fire();
        if ((await leave) === 'throw') throw new Error('too late');
        return 10n;
      }
      @SocketEvent()
      answer(@Ack() ack: Ack) {
        injected = ack;
      }
      @SocketEvent()
      ping() {
        return 'pong';
      }
      @OnDisconnect()
      gone() {
        left.fire();
      }
    }

    it('are forgotten', async () => {
      const logger = new CollectingLogger();
      const running = await start(PatientGateway, { logger });
      const client = await connect(running);
      const answers: unknown[] = [];
      client.emit('wait', (...args: unknown[]) => answers.push(args));
      client.emit('answer', (...args: unknown[]) => answers.push(args));
      await entered;
      await ask(client, 'ping');
      client.disconnect();
      await left;
      leave.fire('return');
      injected('anything');
      injected(10n);
      const other = await connect(running);
      expect((await ask(other, 'ping')).result).to.equal('pong');
      expect(answers).to.deep.equal([]);
      expect(logger.errors).to.deep.equal([]);
    });
  });

  it('are answered with an error where the broker stops under a slow handler', async () => {
    const entered = signal();

    @SocketNamespace('/x', { settings: { port: 0 } })
    class SlowGateway extends SocketGateway {
      @SocketEvent()
      wait() {
        entered.fire();
        return new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
    const broker = newBroker(SlowGateway);
    await broker.start();
    const client = await connect({ url: `http://localhost:${portOf(serviceOf(broker, 'slow'))}` });
    const closed = new Promise((resolve) => client.once('disconnect', resolve));
    const answer = new Promise((resolve) =>
      client.timeout(3000).emit('wait', (...args: unknown[]) => resolve(args)),
    );
    await entered;
    await broker.stop();
    // Either the handler was waited for, or the client sees the connection end; it never hangs.
    await Promise.race([answer, closed]);
    await closed;
  });
});
