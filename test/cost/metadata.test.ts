import { expect } from 'chai';
import { IsInt, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import sinon from 'sinon';
import {
  Authenticate,
  Authorize,
  Ctx,
  MessageBody,
  OnBeforeCall,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { ask, connect, signal, start } from '../support/run-gateway';
import { MATH } from './count-per-event';

class Inner {
  @IsInt() a!: number;
}
class Outer {
  @IsInt() b!: number;
  @ValidateNested() @Type(() => Inner) inner!: Inner;
}

describe('metadata', () => {
  it('is not looked at once the gateway has started', async () => {
    const left = signal();

    @SocketNamespace(['/x', '/tenants/:id'], { settings: { port: 0 } })
    @Authorize('member')
    class FullGateway extends SocketGateway {
      @Authenticate()
      authenticate() {
        return { id: 7, role: 'member' };
      }
      @OnBeforeCall()
      before() {
        // Nothing is added to meta.
      }
      @SocketEvent()
      add(@MessageBody() { b, inner }: Outer, @Ctx() ctx: SocketContext) {
        return ctx.call('math.add', { a: inner.a, b });
      }
      @SocketEvent({ whitelist: ['math.*'] })
      call!: ActionProxy;
      @OnDisconnect()
      gone() {
        left.fire();
      }
    }
    const running = await start([FullGateway, MATH]);
    const reads = (Object.getOwnPropertyNames(Reflect) as (keyof typeof Reflect)[])
      .filter((name) => /metadata/i.test(name))
      .map((name) => sinon.spy(Reflect, name as 'getMetadata'));
    try {
      for (const namespace of ['/x', '/tenants/7']) {
        const client = await connect(running, namespace);
        expect((await ask(client, 'add', { b: 2, inner: { a: 1 } })).result).to.equal(3);
        expect((await ask(client, 'add', { b: 'x', inner: {} })).error).to.include({ code: 422 });
        expect((await ask(client, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
        expect((await ask(client, 'unknown')).error).to.include({ code: 404 });
        client.disconnect();
      }
      await left;
    } finally {
      for (const read of reads) read.restore();
    }
    expect(reads).to.have.lengthOf.at.least(8);
    expect(reads.filter((read) => read.called).map((read) => String(read))).to.deep.equal([]);
  });
});
