import { expect } from 'chai';
import {
  Authenticate,
  Authorize,
  Ctx,
  MessageBody,
  OnAfterCall,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { start } from '../support/run-gateway';
import { countOfPlainHandler, countPerEvent, MATH, type Counts } from './count-per-event';

/*
 * Not timings, which depend on the machine, but counts, which do not: what an event makes beyond what a plain handler
 * with the same call makes. They are today's numbers. One that grows has to be worth it; one that shrinks is written
 * down here, so that it cannot grow again.
 */
describe('the cost of an event', () => {
  const settings = { port: 0 };
  let plain: Counts;

  beforeEach(async () => {
    plain = await countOfPlainHandler();
  });

  it('of a handler that returns a value', async () => {
    @SocketNamespace('/x', { settings })
    class SyncGateway extends SocketGateway {
      @SocketEvent()
      ping() {
        return 'pong';
      }
    }
    const counts = await countPerEvent(await start(SyncGateway), 'ping');
    expectAtMost(counts, { promises: 5, ids: 0 });
  });

  it('of a handler that calls an action', async () => {
    @SocketNamespace('/x', { settings })
    class HandlerGateway extends SocketGateway {
      @SocketEvent()
      add(@MessageBody({ unchecked: true }) params: object, @Ctx() ctx: SocketContext) {
        return ctx.call('math.add', params);
      }
    }
    const counts = await countPerEvent(await start([HandlerGateway, MATH]), 'add', { a: 1, b: 2 });
    expectAtMost(more(counts), { promises: 4, ids: 0 });
  });

  it('of a proxy with an alias, a whitelist and hooks', async () => {
    @SocketNamespace('/x', { settings })
    class ProxyGateway extends SocketGateway {
      @OnBeforeCall()
      before(ctx: SocketContext<unknown, { channel?: string }>) {
        ctx.meta.channel = 'web';
      }
      @OnAfterCall()
      after() {
        // The result stays as it is.
      }
      @SocketEvent({ whitelist: ['math.*'], aliases: { add: 'math.add' } })
      call!: ActionProxy;
    }
    const counts = await countPerEvent(await start([ProxyGateway, MATH]), 'call', 'add', { a: 1, b: 2 });
    expectAtMost(more(counts), { promises: 2, ids: 0 });
  });

  it('of a handler behind roles, with a user and hooks', async () => {
    @SocketNamespace('/x', { settings })
    @Authorize('member')
    class GuardedGateway extends SocketGateway {
      @Authenticate()
      authenticate() {
        return { id: 7, role: 'member' };
      }
      @OnBeforeCall()
      before() {
        // Nothing is added to meta.
      }
      @OnAfterCall()
      after() {
        // The result stays as it is.
      }
      @SocketEvent()
      add(@MessageBody({ unchecked: true }) params: object, @Ctx() ctx: SocketContext) {
        return ctx.call('math.add', params);
      }
    }
    const counts = await countPerEvent(await start([GuardedGateway, MATH]), 'add', { a: 1, b: 2 });
    expectAtMost(more(counts), { promises: 4, ids: 0 });
  });

  function expectAtMost(counts: Counts, most: Counts): void {
    expect(counts.promises, 'promises').to.be.at.most(most.promises);
    expect(counts.ids, 'ids').to.be.at.most(most.ids);
  }

  /** Beyond those of the plain handler. */
  function more({ promises, ids }: Counts): Counts {
    return { promises: promises - plain.promises, ids: ids - plain.ids };
  }
});
