import { expect } from 'chai';
import { IncomingMessage } from 'node:http';
import { Server, Socket } from 'socket.io';
import {
  Ack,
  Authenticate,
  ConnectedSocket,
  Ctx,
  MessageBody,
  Meta,
  NspParam,
  NspParams,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketId,
  SocketIO,
  SocketNamespace,
  SocketQueryParam,
  SocketRequest,
  SocketRooms,
  User,
  type SocketContext,
} from '../../src';
import { ask, connect, type Client, type Running } from '../support/run-in-memory';
import { shareGateway } from '../support/run-in-memory';

const USER = { name: 'Ada' };

describe('parameters of handlers', () => {
  let got: unknown[];

  @SocketNamespace('/:room', { settings: { port: 0 } })
  class InjectedGateway extends SocketGateway {
    @Authenticate()
    authenticate() {
      return USER;
    }
    @OnBeforeCall()
    before(ctx: SocketContext<unknown, { locale?: string }>) {
      ctx.meta.locale = 'en';
    }

    @SocketEvent()
    everything(
      @MessageBody({ unchecked: true }) body: any,
      @ConnectedSocket() socket: Socket,
      @Ctx() ctx: SocketContext,
      @User() user: any,
      @Meta() meta: any,
      @Meta('locale') locale: any,
      @SocketId() id: string,
      @SocketRooms() rooms: any,
      @NspParam('room') room: string,
      @NspParams() params: any,
      @SocketQueryParam('token') token: any,
      @SocketRequest() request: any,
      @SocketIO() io: Server,
    ) {
      got = [body, socket, ctx, user, meta, locale, id, rooms, room, params, token, request, io];
    }
    @SocketEvent()
    many(
      @MessageBody(2, { unchecked: true }) third: any,
      @MessageBody(0, { unchecked: true }) first: any,
      @MessageBody(1, { unchecked: true }) second: any,
    ) {
      got = [first, second, third];
      return got;
    }
    @SocketEvent()
    one(@MessageBody({ unchecked: true }) body: any) {
      got = [body];
    }
    @SocketEvent()
    twice(@MessageBody({ unchecked: true }) a: any, @MessageBody(0, { unchecked: true }) b: any) {
      got = [a, b];
    }
    @SocketEvent()
    bare(...args: any[]) {
      got = args;
    }
    @SocketEvent()
    defaults(
      @MessageBody({ unchecked: true }) body: any = 'default',
      @MessageBody(1, { unchecked: true }) second: any = 'second',
    ) {
      got = [body, second];
    }
    @SocketEvent()
    context(@Ctx() ctx: SocketContext) {
      got = [ctx.params, ctx.args, ctx.event, ctx.namespace, ctx.nspParams, ctx.socket];
    }
    @SocketEvent()
    async answering(@Ack() ack: Ack, @MessageBody({ unchecked: true }) body: any) {
      ack(null, body);
    }
    @SocketEvent(['alias-1', 'alias-2'])
    aliased(@Ctx() ctx: SocketContext) {
      return ctx.event;
    }
    @SocketEvent('*')
    rest(@Ctx() ctx: SocketContext, @MessageBody({ unchecked: true }) body: any) {
      return ['rest', ctx.event, body];
    }
    @SocketEvent()
    hasThis() {
      got = [this.name, this.broker === running.broker, this.namespaces.size];
    }
  }

  const injected = shareGateway(InjectedGateway);
  let running: Running;
  let client: Client;

  beforeEach(async () => {
    got = ['not called'];
    running = await injected();
    client = await connect(running, '/lobby', { query: { token: 'abc' } });
  });

  const call = async (event: string, ...args: unknown[]) => {
    const { error, result } = await ask(client, event, ...args);
    expect(error).to.equal(null);
    return result;
  };

  it('are what their decorators say', async () => {
    await call('everything', { a: 1 });
    const [body, socket, ctx, user, meta, locale, id, rooms, room, params, token, request, io] = got as any[];
    expect(body).to.deep.equal({ a: 1 });
    expect(socket).to.be.instanceOf(Socket).and.have.property('id', client.id);
    expect(ctx.socket).to.equal(socket);
    expect(user).to.deep.equal(USER);
    expect(meta).to.equal(ctx.meta);
    expect(meta).to.deep.equal({ $socketId: client.id, $rooms: [client.id], user: USER, locale: 'en' });
    expect(locale).to.equal('en');
    expect(id).to.equal(client.id);
    expect(rooms).to.deep.equal([client.id]);
    expect(room).to.equal('lobby');
    expect(params).to.deep.equal({ room: 'lobby' });
    expect(token).to.equal('abc');
    expect(request).to.be.instanceOf(IncomingMessage).and.equal(socket.request);
    expect(io).to.be.instanceOf(Server).and.equal(running.gateway.io);
  });

  it('see the rooms of the moment', async () => {
    const socket = running.gateway.namespaces.get('/lobby')!.sockets.get(client.id!)!;
    await socket.join('a');
    await call('everything');
    expect(got[7]).to.deep.equal([client.id, 'a']);
    await socket.leave('a');
    await call('everything');
    expect(got[7]).to.deep.equal([client.id]);
  });

  describe('of events with several arguments', () => {
    it('are chosen by their position, in any order', async () => {
      await call('many', 'a', 'b', 'c');
      expect(got).to.deep.equal(['a', 'b', 'c']);
    });
    it('are undefined where the client left them out', async () => {
      await call('many');
      expect(got).to.deep.equal([undefined, undefined, undefined]);
      await call('many', 'a');
      expect(got).to.deep.equal(['a', undefined, undefined]);
    });
    it('do not see what else the client sent', async () => {
      await call('many', 'a', 'b', 'c', 'd', 'e');
      expect(got).to.deep.equal(['a', 'b', 'c']);
      await call('one', 'a', 'b');
      expect(got).to.deep.equal(['a']);
    });
    it('may name the same argument twice', async () => {
      await call('twice', 'a', 'b');
      expect(got).to.deep.equal(['a', 'a']);
    });
    it('may have defaults', async () => {
      await call('defaults');
      expect(got).to.deep.equal(['default', 'second']);
      await call('defaults', 1, 2);
      expect(got).to.deep.equal([1, 2]);
    });
    it('keep what JSON can say', async () => {
      for (const value of [
        null,
        0,
        '',
        false,
        [],
        {},
        [null],
        'text',
        1.5,
        { deep: { er: [1, { a: null }] } },
      ]) {
        await call('one', value);
        expect(got).to.deep.equal([value]);
      }
    });
    it('are not mixed up with the ack', async () => {
      const answered = new Promise((resolve) => client.emit('one', 'a', resolve));
      await answered;
      expect(got).to.deep.equal(['a']);
      await call('one');
      expect(got).to.deep.equal([undefined]);
    });
  });

  it('are the context alone where there is no decorator', async () => {
    await call('bare', { a: 1 }, 2);
    expect(got).to.have.length(1);
    expect((got[0] as any).params).to.deep.equal({ a: 1 });
    expect((got[0] as any).args).to.deep.equal([{ a: 1 }, 2]);
    expect((got[0] as any).socket.id).to.equal(client.id);
  });

  it('are on the context what arrived', async () => {
    await call('context', 'a', 'b');
    expect(got.slice(0, 5)).to.deep.equal(['a', ['a', 'b'], 'context', '/lobby', { room: 'lobby' }]);
    await call('context');
    expect(got.slice(0, 2)).to.deep.equal([{}, []]);
    await call('context', null);
    expect(got.slice(0, 2)).to.deep.equal([null, [null]]);
  });

  it('come with the service as this', async () => {
    await call('hasThis');
    expect(got).to.deep.equal(['injected', true, 1]);
  });

  it('know the name under which the client called', async () => {
    expect(await call('alias-1')).to.equal('alias-1');
    expect(await call('alias-2')).to.equal('alias-2');
    expect(await call('anything', 5)).to.deep.equal(['rest', 'anything', 5]);
    expect(await call('aliased'), 'the name of the method is no event').to.deep.equal([
      'rest',
      'aliased',
      null,
    ]);
  });

  it('do not share rooms, meta or params between two events', async () => {
    await call('everything');
    const first = got as any[];
    first[4].leak = true;
    first[7].push('leak');
    first[2].params.leak = true;
    await call('everything');
    expect(got[4]).not.to.have.property('leak');
    expect(got[7]).to.deep.equal([client.id]);
    await call('context');
    expect(got[0]).to.deep.equal({});
  });

  it('take the last of a query parameter that is there many times for what Socket.IO makes of it', async () => {
    const other = await connect(running, '/lobby', { query: { token: '__proto__' } });
    await ask(other, 'everything');
    expect(got[10]).to.equal('__proto__');
    const bare = await connect(running, '/lobby');
    await ask(bare, 'everything');
    expect(got[10]).to.equal(undefined);
  });

  describe('of an action that is called without a socket', () => {
    it('are the params, and undefined where there can be nothing', async () => {
      await running.gateway.actions['everything']!({ a: 1 }, { meta: { user: USER, locale: 'de' } });
      const [body, socket, ctx, user, meta, locale, id, rooms, room, params, token, request, io] =
        got as any[];
      expect(body).to.deep.equal({ a: 1 });
      expect(socket).to.equal(undefined);
      expect(ctx.params).to.deep.equal({ a: 1 });
      expect(user).to.deep.equal(USER);
      expect(meta).to.include({ locale: 'de' });
      expect(locale).to.equal('de');
      expect(id).to.equal(undefined);
      expect(rooms).to.deep.equal([]);
      expect(room).to.equal(undefined);
      expect(params).to.be.oneOf([undefined]);
      expect(token).to.equal(undefined);
      expect(request).to.equal(undefined);
      expect(io).to.equal(running.gateway.io);
    });

    it('have an ack that does nothing', async () => {
      expect(await running.gateway.actions['answering']!({ a: 1 })).to.equal(undefined);
    });

    it('are the context alone where there is no decorator', async () => {
      await running.gateway.actions['bare']!({ a: 1 });
      expect(got).to.have.length(1);
      expect((got[0] as any).params).to.deep.equal({ a: 1 });
    });

    it('work for the body alone', async () => {
      expect(await running.gateway.actions['many']!('a' as never)).to.deep.equal(['a', undefined, undefined]);
    });

    it('know of no event', async () => {
      expect(await running.gateway.actions['aliased']!()).to.be.oneOf([null, undefined]);
    });
  });
});
