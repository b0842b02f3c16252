import { expect } from 'chai';
import { Errors as MoleculerErrors } from 'moleculer';
import { Action } from 'moleculer-decorators';
import {
  Ctx,
  MessageBody,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ask, connect, start } from '../support/run-gateway';
import { rejection } from './rejection';

const settings = { port: 0 };

describe("Moleculer's hooks of a gateway", () => {
  let ran: string[];
  beforeEach(() => {
    ran = [];
  });
  const note = (name: string) => (_ctx: unknown) => void ran.push(name);
  const noteResult = (name: string) => (_ctx: unknown, result: unknown) => [result, name];
  const noteError = (name: string) => (_ctx: unknown, error: Error) => {
    ran.push(`${name}: ${error.message}`);
    throw error;
  };

  describe('by patterns', () => {
    @SocketNamespace('/x', {
      settings,
      hooks: {
        before: {
          '*': [note('*'), 'check'],
          'create-*': note('create-*'),
          'create-*|update-*': note('create or update'),
          'update-??': note('two letters'),
          'list|ping': 'check',
          'no-such': note('never'),
        },
        after: { 'create-*': noteResult('after create-*'), '*': [noteResult('after *'), 'confirm'] },
        error: { 'fail*': noteError('fail*'), '*': noteError('*') },
      },
      actions: { ping: () => 'pong', 'fail-plain': () => Promise.reject(new Error('plain')) },
    })
    class PatternsGateway extends SocketGateway {
      check(ctx: SocketContext) {
        ran.push(`check ${String((ctx.action as any).rawName)} ${ctx.service === this}`);
      }
      confirm(_ctx: SocketContext, result: unknown) {
        return [result, this.name];
      }
      @SocketEvent('create')
      ['create-user']() {
        return 'created';
      }
      @SocketEvent('update')
      ['update-me']() {
        return 'updated';
      }
      @SocketEvent()
      list() {
        return 'listed';
      }
      @SocketEvent()
      failing() {
        throw new MoleculerErrors.MoleculerClientError('mine', 418);
      }
    }

    it('run around event handlers: functions, names of methods, lists; "*", "create-*", "a|b"', async () => {
      const client = await connect(await start(PatternsGateway));
      expect((await ask(client, 'create')).result).to.deep.equal([
        [['created', 'after create-*'], 'after *'],
        'patterns',
      ]);
      expect(ran).to.deep.equal(['*', 'check create-user true', 'create-*', 'create or update']);
      ran = [];
      expect((await ask(client, 'update')).result).to.deep.equal([['updated', 'after *'], 'patterns']);
      expect(ran).to.deep.equal(['*', 'check update-me true', 'create or update', 'two letters']);
      ran = [];
      await ask(client, 'list');
      expect(ran).to.deep.equal(['*', 'check list true', 'check list true']);
      ran = [];
      expect((await ask(client, 'failing')).error).to.include({ message: 'mine', code: 418 });
      expect(ran).to.deep.equal(['*', 'check failing true', 'fail*: mine', '*: mine']);
    });

    it('run around plain actions alike', async () => {
      const { broker } = await start(PatternsGateway);
      expect(await broker.call('patterns.ping')).to.deep.equal([['pong', 'after *'], 'patterns']);
      expect(ran).to.deep.equal(['*', 'check ping true', 'check ping true']);
      ran = [];
      expect((await rejection(broker.call('patterns.fail-plain'))).message).to.equal('plain');
      expect(ran.slice(2)).to.deep.equal(['fail*: plain', '*: plain']);
    });

    it('run around the actions that every gateway has', async () => {
      const { broker } = await start(PatternsGateway);
      await broker.call('patterns.getClients');
      expect(ran).to.deep.equal(['*', 'check getClients true']);
    });
  });

  it('of an action stand next to it: before, after and error; functions, names, lists', async () => {
    const failing = new MoleculerErrors.MoleculerClientError('refused', 400, 'REFUSED');
    @SocketNamespace('/x', {
      settings,
      hooks: {
        before: { '*': note('service before') },
        after: { '*': noteResult('service after') },
      },
    })
    class ActionHooksGateway extends SocketGateway {
      first() {
        ran.push('first');
      }
      answer(_ctx: unknown, error: Error) {
        return `instead of ${error.message}`;
      }
      @SocketEvent('ok', {
        hooks: { before: ['first', note('second')], after: [noteResult('one'), noteResult('two')] },
      })
      ok() {
        return 0;
      }
      @SocketEvent('saved', { hooks: { error: [noteError('first'), 'answer'] } })
      saved() {
        throw new Error('broken');
      }
      @SocketEvent('refused', {
        hooks: {
          before() {
            throw failing;
          },
        },
      })
      refused() {
        ran.push('never');
      }
      @SocketEvent('both')
      @Action({ hooks: { before: 'first' } })
      both() {
        return 0;
      }
    }
    const running = await start(ActionHooksGateway);
    const client = await connect(running);
    expect((await ask(client, 'ok')).result).to.deep.equal([[[0, 'one'], 'two'], 'service after']);
    expect(ran).to.deep.equal(['service before', 'first', 'second']);
    ran = [];
    expect((await ask(client, 'saved')).result).to.equal('instead of broken');
    expect(ran).to.deep.equal(['service before', 'first: broken']);
    ran = [];
    expect((await ask(client, 'refused')).error).to.include({ type: 'REFUSED' });
    expect(ran).to.deep.equal(['service before']);
    ran = [];
    await ask(client, 'both');
    await running.broker.call('actionHooks.both');
    expect(ran).to.deep.equal(['service before', 'first', 'service before', 'first']);
  });

  it('see what the hooks of the gateway have left, and hand on what they change themselves', async () => {
    @SocketNamespace('/x', {
      settings,
      hooks: {
        before: {
          '*'(ctx: any) {
            ran.push(JSON.stringify(ctx.params), ctx.meta.added, ctx.locals.added);
            ctx.params = { ...ctx.params, two: 2 };
            ctx.locals.counted = 1;
          },
        },
      },
    })
    class BothGateway extends SocketGateway {
      @OnBeforeCall()
      before(ctx: SocketContext) {
        ctx.params = { one: 1 };
        ctx.meta['added'] = 'meta';
        ctx.locals['added'] = 'local';
      }
      @SocketEvent()
      send(@MessageBody({ unchecked: true }) body: unknown, @Ctx() ctx: SocketContext) {
        return [body, ctx.locals];
      }
    }
    const client = await connect(await start(BothGateway));
    expect((await ask(client, 'send', {})).result).to.deep.equal([
      { one: 1, two: 2 },
      { added: 'local', counted: 1 },
    ]);
    expect(ran).to.deep.equal(['{"one":1}', 'meta', 'local']);
  });

  it('know the user in meta, and may log him in', async () => {
    @SocketNamespace('/x', {
      settings,
      hooks: {
        before: {
          'login*'(ctx: any) {
            ctx.meta.user = ctx.params;
          },
        },
        after: { who: (ctx: any, result: unknown) => [result, ctx.meta.user] },
      },
    })
    class LoginGateway extends SocketGateway {
      @SocketEvent()
      login() {}
      @SocketEvent()
      who() {
        return 'you';
      }
    }
    const client = await connect(await start(LoginGateway));
    expect((await ask(client, 'who')).result).to.deep.equal(['you', null]);
    await ask(client, 'login', { name: 'ada' });
    expect((await ask(client, 'who')).result).to.deep.equal(['you', { name: 'ada' }]);
  });
});
