import { expect } from 'chai';
import { Errors as MoleculerErrors } from 'moleculer';
import {
  Ack,
  Errors,
  MessageBody,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { acksOn, ask, connect, start, type Client } from '../support/run-in-memory';

const settings = { port: 0 };

describe('call hooks', () => {
  let calls: unknown[];
  let before: (...args: any[]) => unknown;
  let after: (...args: any[]) => unknown;
  let recover: (...args: any[]) => unknown;

  const math = {
    name: 'math',
    actions: {
      add: (ctx: any) => Number(ctx.params.a) + Number(ctx.params.b),
      meta: (ctx: any) => ctx.meta,
      fail: () => {
        throw new MoleculerErrors.MoleculerError('failed', 418);
      },
    },
  };

  @SocketNamespace('/x', { settings })
  class HookedGateway extends SocketGateway {
    @OnBeforeCall()
    before(...args: [SocketContext, any, string, never, any]) {
      return before.apply(this, args);
    }
    @OnAfterCall()
    after(...args: [SocketContext, any, never]) {
      return after.apply(this, args);
    }
    @OnCallError()
    recover(...args: [SocketContext, any, Error]): unknown {
      return recover.apply(this, args);
    }
    @SocketEvent()
    echo(@MessageBody({ unchecked: true }) body: any) {
      calls.push('handler');
      return body;
    }
    @SocketEvent()
    fail() {
      throw new MoleculerErrors.MoleculerError('failed', 418);
    }
    @SocketEvent()
    self(@Ack() ack: Ack) {
      ack('self');
    }
    @SocketEvent('call', {
      whitelist: ['math.*'],
      aliases: { plus: 'math.add' },
      callOptions: { timeout: 500, retries: 0 },
      onBeforeCall: () => void calls.push('own before'),
      onAfterCall: () => void calls.push('own after'),
    })
    call!: ActionProxy;
  }

  async function client(type: typeof SocketGateway = HookedGateway): Promise<Client> {
    return connect(await start([type, math]));
  }

  beforeEach(() => {
    calls = [];
    before = after = () => undefined;
    recover = (_ctx, _socket, error) => {
      throw error;
    };
  });

  describe('@OnBeforeCall()', () => {
    it('is given context, socket, action, params and options, on the service', async () => {
      before = function (this: any, ctx, socket, action, params, options) {
        calls.push([this.name, ctx.event, socket === ctx.socket, action, params, options.timeout]);
      };
      const asking = await client();
      await ask(asking, 'echo', { a: 1 });
      await ask(asking, 'call', 'plus', { a: 1, b: 2 });
      expect(calls.filter(Array.isArray)).to.deep.equal([
        ['hooked', 'echo', true, 'hooked.echo', { a: 1 }, undefined],
        ['hooked', 'call', true, 'math.add', { a: 1, b: 2 }, 500],
      ]);
    });

    it('may change params and meta, sync and async', async () => {
      const asking = await client();
      for (const change of [
        (ctx: any) => {
          ctx.params = { a: 10, b: 20 };
          ctx.meta.added = 'yes';
        },
        async (ctx: any) => {
          await Promise.resolve();
          ctx.params = { a: 10, b: 20 };
          ctx.meta.added = 'yes';
        },
      ]) {
        before = change;
        expect((await ask(asking, 'echo', { a: 1 })).result).to.deep.equal({ a: 10, b: 20 });
        expect((await ask(asking, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(30);
        expect((await ask(asking, 'call', 'math.meta')).result).to.include({
          added: 'yes',
          $socketId: asking.id,
        });
      }
    });

    it('may change the params in place', async () => {
      before = (_ctx, _socket, _action, params) => {
        params.added = 1;
      };
      expect((await ask(await client(), 'echo', { a: 1 })).result).to.deep.equal({ a: 1, added: 1 });
    });

    it('changes the options of one call only', async () => {
      const seen: unknown[] = [];
      before = (_ctx, _socket, _action, _params, options) => {
        seen.push(options.timeout);
        options.timeout = 1000;
        options.meta = { ...options.meta, leak: true };
      };
      const asking = await client();
      expect((await ask(asking, 'call', 'math.meta')).result).to.have.property('leak', true);
      before = (_ctx, _socket, _action, _params, options) => void seen.push(options.timeout);
      expect((await ask(asking, 'call', 'math.meta')).result).not.to.have.property('leak');
      expect(seen).to.deep.equal([500, 500]);
    });

    for (const [name, make] of Object.entries<() => unknown>({
      'an Error': () => new Error('secret'),
      null: () => null,
      undefined: () => undefined,
      'a string': () => 'secret',
    })) {
      it(`answers, and the handler is not run, where it throws or rejects with ${name}`, async () => {
        const asking = await client();
        const acks = acksOn(asking);
        for (const fail of [
          () => {
            throw make();
          },
          () => Promise.reject(make()),
        ]) {
          before = fail;
          expect((await ask(asking, 'echo', 1)).error).to.include({ code: 500, name: 'InternalServerError' });
          expect((await ask(asking, 'self')).error).to.include({ code: 500 });
          expect((await ask(asking, 'call', 'math.add', {})).error).to.include({ code: 500 });
        }
        before = () => undefined;
        await ask(asking, 'echo', 1);
        expect(acks).to.have.length(7);
        expect(calls).to.deep.equal(['handler']);
      });
    }

    it('refuses with an error that clients may see', async () => {
      before = () => {
        throw new Errors.ForbiddenError('NOT_NOW');
      };
      expect((await ask(await client(), 'echo', 1)).error).to.include({ code: 403, type: 'NOT_NOW' });
    });

    it('does nothing with what it returns', async () => {
      before = () => 'ignored';
      expect((await ask(await client(), 'echo', 1)).result).to.equal(1);
    });
  });

  describe('@OnAfterCall()', () => {
    it('is given context, socket and result, on the service', async () => {
      after = function (this: any, ctx, socket, result) {
        calls.push([this.name, ctx.event, socket === ctx.socket, result]);
      };
      const asking = await client();
      await ask(asking, 'echo', 5);
      await ask(asking, 'call', 'plus', { a: 1, b: 2 });
      expect(calls).to.deep.equal([
        'handler',
        ['hooked', 'echo', true, 5],
        'own before',
        'own after',
        ['hooked', 'call', true, 3],
      ]);
    });

    it('replaces the result, unless it returns undefined', async () => {
      const asking = await client();
      for (const value of [null, 0, '', false, { a: 1 }, [1]]) {
        for (const hook of [() => value, async () => value]) {
          after = hook;
          expect((await ask(asking, 'echo', 5)).result).to.deep.equal(value);
          expect((await ask(asking, 'call', 'plus', { a: 1, b: 2 })).result).to.deep.equal(value);
        }
      }
      for (const hook of [() => undefined, async () => undefined]) {
        after = hook;
        expect((await ask(asking, 'echo', 5)).result).to.equal(5);
      }
    });

    it('answers with the error where it throws or rejects', async () => {
      const asking = await client();
      for (const fail of [
        () => {
          throw new Errors.ForbiddenError();
        },
        () => Promise.reject(undefined),
      ]) {
        after = fail;
        expect((await ask(asking, 'echo', 1)).error.code).to.be.oneOf([403, 500]);
      }
    });

    it('is not called after a failure', async () => {
      after = () => calls.push('after');
      await ask(await client(), 'fail');
      expect(calls).to.deep.equal([]);
    });
  });

  describe('@OnCallError()', () => {
    it('is given context, socket and error, on the service, and may go on throwing', async () => {
      recover = function (this: any, ctx, socket, error) {
        calls.push([this.name, ctx.event, socket === ctx.socket, error.message]);
        throw error;
      };
      const asking = await client();
      expect((await ask(asking, 'fail')).error).to.include({ code: 418, message: 'failed' });
      expect((await ask(asking, 'call', 'math.fail')).error).to.include({ code: 418 });
      expect(calls.filter(Array.isArray)).to.deep.equal([
        ['hooked', 'fail', true, 'failed'],
        ['hooked', 'call', true, 'failed'],
      ]);
    });

    it('answers with what it returns', async () => {
      const asking = await client();
      for (const value of ['saved', null, 0, { a: 1 }]) {
        for (const hook of [() => value, async () => value]) {
          recover = hook;
          expect(await ask(asking, 'fail')).to.deep.equal({ error: null, result: value });
        }
      }
      recover = () => undefined;
      expect((await ask(asking, 'fail')).error).to.equal(null);
    });

    it('answers with what it throws, whatever that is', async () => {
      const asking = await client();
      recover = () => {
        throw new Errors.NotFoundError('OTHER');
      };
      expect((await ask(asking, 'fail')).error).to.include({ code: 404, type: 'OTHER' });
      for (const value of [null, undefined, 'secret']) {
        recover = () => Promise.reject(value);
        expect((await ask(asking, 'fail')).error).to.include({ code: 500, name: 'InternalServerError' });
      }
    });

    it('gets an Error whatever was thrown by a hook before', async () => {
      before = () => Promise.reject(null);
      recover = (_ctx, _socket, error) => {
        calls.push(error instanceof Error);
        throw error;
      };
      await ask(await client(), 'echo');
      expect(calls).to.deep.equal([true]);
    });
  });

  describe('of some events', () => {
    @SocketNamespace('/x', { settings })
    class PatternGateway extends SocketGateway {
      @OnBeforeCall('order.*')
      order() {
        calls.push('order.*');
      }
      @OnBeforeCall('create-*|update-*')
      either() {
        calls.push('create-*|update-*');
      }
      @OnBeforeCall(['user', 'group'])
      several() {
        calls.push('user, group');
      }
      @OnBeforeCall()
      all() {
        calls.push('all');
      }
      @OnBeforeCall('*')
      star() {
        calls.push('*');
      }
      @OnAfterCall('order.*')
      afterOrder() {
        calls.push('after order.*');
      }
      @OnAfterCall()
      afterAll() {
        calls.push('after all');
      }
      @OnCallError('fail')
      failed(_ctx: any, _socket: any, error: Error) {
        calls.push('error fail');
        throw error;
      }
      @OnCallError()
      failedAny(_ctx: any, _socket: any, error: Error) {
        calls.push('error all');
        throw error;
      }
      @SocketEvent([
        'order.create',
        'order.line.add',
        'create-user',
        'update-user',
        'user',
        'group',
        'other',
        'declared',
      ])
      handle() {
        calls.push('handler');
      }
      @SocketEvent()
      fail() {
        throw new Error('failed');
      }
      @SocketEvent('*')
      rest() {
        calls.push('rest');
      }
    }

    const expected: Record<string, string[]> = {
      'order.create': ['all', '*', 'order.*', 'handler', 'after order.*', 'after all'],
      'create-user': ['all', '*', 'create-*|update-*', 'handler', 'after all'],
      'update-user': ['all', '*', 'create-*|update-*', 'handler', 'after all'],
      user: ['all', '*', 'user, group', 'handler', 'after all'],
      group: ['all', '*', 'user, group', 'handler', 'after all'],
      other: ['all', '*', 'handler', 'after all'],
      'order.undeclared': ['all', '*', 'order.*', 'rest', 'after order.*', 'after all'],
      'create-anything': ['all', '*', 'create-*|update-*', 'rest', 'after all'],
      anything: ['all', '*', 'rest', 'after all'],
      fail: ['all', '*', 'error fail', 'error all'],
      handle: ['all', '*', 'rest', 'after all'],
    };
    for (const [event, order] of Object.entries(expected)) {
      it(`run around '${event}': ${order.join(', ')}`, async () => {
        await ask(await client(PatternGateway), event);
        expect(calls).to.deep.equal(order);
      });
    }
  });

  it('run one after the other, each with what the one before has left', async () => {
    @SocketNamespace('/x', { settings })
    class ChainGateway extends SocketGateway {
      @OnBeforeCall()
      async first(ctx: SocketContext) {
        await new Promise((resolve) => setImmediate(resolve));
        ctx.params = [...(ctx.params as []), 1];
      }
      @OnBeforeCall()
      second(ctx: SocketContext) {
        ctx.params = [...(ctx.params as []), 2];
      }
      @OnAfterCall()
      third(_ctx: any, _socket: any, result: any) {
        return [...result, 3];
      }
      @OnAfterCall()
      async fourth(_ctx: any, _socket: any, result: any) {
        return [...result, 4];
      }
      @SocketEvent()
      event(@MessageBody({ unchecked: true }) body: any) {
        return body;
      }
    }
    // After hooks run the other way round, as Moleculer's do.
    expect((await ask(await client(ChainGateway), 'event', [0])).result).to.deep.equal([0, 1, 2, 4, 3]);
  });

  it('do not run where the event was refused before', async () => {
    before = () => calls.push('before');
    recover = () => calls.push('error');
    const asking = await client();
    await ask(asking, 'unheard-of');
    await ask(asking, 'call', 'other.action');
    await ask(asking, 'call', 5);
    expect(calls).to.deep.equal([]);
  });
});
