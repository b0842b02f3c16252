import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Errors as MoleculerErrors, type Context, type Service, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import { Errors, SocketIOService } from '../../src';
import {
  afterwards,
  ask,
  askRaw,
  connect,
  newBroker,
  newClient,
  next,
  portOf,
  refused,
  signal,
  start,
  type Client,
  type Registered,
  type Running,
  type RunningGateway,
} from '../support/run-gateway';

/*
 * What services rely on that were written for moleculer-io, beyond its README.
 */

type Namespaces = Record<string, object>;
type Methods = Record<string, (this: Service & Record<string, any>, ...args: any[]) => unknown>;

/** The service has methods that its type does not know. */
type RunningIo = Omit<Running, 'gateway'> & { gateway: RunningGateway & Record<string, any> };

function startIo(
  namespaces: Namespaces | undefined,
  methods: Methods = {},
  ...others: Registered[]
): Promise<RunningIo> {
  const io = {
    name: 'io',
    mixins: [SocketIOService],
    settings: { port: 0, ...(namespaces && { io: { namespaces } }) },
    methods,
  } as unknown as ServiceSchema;
  return start([io, ...others]);
}

const OPEN = { events: { call: {} } };

/** What the action `echo.meta` has got, of every call. */
let metas: Record<string, unknown>[];
beforeEach(() => {
  metas = [];
});

const echo: ServiceSchema = {
  name: 'echo',
  actions: {
    params: (ctx) => ctx.params,
    meta(ctx) {
      metas.push({ ...ctx.meta });
    },
    set(ctx) {
      Object.assign(ctx.meta, ctx.params);
    },
    fail() {
      throw new MoleculerErrors.MoleculerClientError('No tea', 418, 'TEAPOT', { pot: 'full' });
    },
  },
};

describe("what moleculer-io's users rely on", () => {
  describe('socketAuthorize', () => {
    it('is called on the service with the socket and the settings of the namespace', async () => {
      const calls: unknown[][] = [];
      const running = await startIo(
        { '/': { authorization: true, mine: 'kept', ...OPEN } },
        {
          socketAuthorize(...args) {
            calls.push([this, ...args]);
          },
        },
      );
      const client = await connect(running, '/');
      expect(calls).to.have.length(1);
      const [self, socket, item] = calls[0]! as [Service, Socket, any];
      expect(self).to.equal(running.gateway);
      expect(socket.id).to.equal(client.id);
      expect(item).to.deep.include({ authorization: true, mine: 'kept' });
      expect(item.events).to.have.keys('call');
    });

    it('is not called where authorization is not true', async () => {
      const calls: string[] = [];
      const running = await startIo(
        {
          '/': { authorization: false, ...OPEN },
          '/silent': OPEN,
          '/asked': { authorization: true, ...OPEN },
        },
        { socketAuthorize: (socket: Socket) => void calls.push(socket.nsp.name) },
      );
      for (const name of ['/', '/silent', '/asked']) await connect(running, name);
      expect(calls).to.deep.equal(['/asked']);
    });

    it('makes the user that actions see', async () => {
      const running = await startIo(
        { '/': { authorization: true, ...OPEN } },
        { socketAuthorize: async () => ({ id: 1, name: 'Ada' }) },
        echo,
      );
      const client = await connect(running, '/');
      await ask(client, 'call', 'echo.meta');
      expect(metas[0]).to.deep.equal({
        $socketId: client.id,
        user: { id: 1, name: 'Ada' },
        $rooms: [client.id],
      });
    });

    it('tells the client why it is refused', async () => {
      const running = await startIo(
        { '/': { authorization: true, ...OPEN } },
        {
          socketAuthorize(socket: Socket) {
            if (socket.handshake.auth['expired']) throw new Errors.UnAuthorizedError('EXPIRED', { since: 1 });
            throw new Error('no token');
          },
        },
      );
      const expired = await refused(newClient(running, '/', { auth: { expired: true } }));
      expect(expired.message).to.equal('Unauthorized');
      expect(expired.data).to.deep.include({ code: 401, type: 'EXPIRED', data: { since: 1 } });
      const none = await refused(newClient(running, '/'));
      expect(none.message).to.equal('no token');
      expect(none.data).to.include({ code: 401 });
    });
  });

  describe('meta and user', () => {
    it('meta is $socketId, user and $rooms', async () => {
      const client = await connect(await startIo(undefined, {}, echo), '/');
      await ask(client, 'call', 'echo.meta');
      expect(metas).to.deep.equal([{ $socketId: client.id, user: undefined, $rooms: [client.id] }]);
    });

    it('socketGetMeta may be overridden, and reads socket.client.user', async () => {
      const running = await startIo(
        undefined,
        {
          socketGetMeta(socket: Socket) {
            return { user: (socket.client as any).user, node: this.broker.nodeID, id: socket.id };
          },
        },
        echo,
      );
      const client = await connect(running, '/');
      await ask(client, 'call', 'echo.set', { user: { id: 1 } });
      await ask(client, 'call', 'echo.meta');
      expect(metas).to.deep.equal([{ user: { id: 1 }, node: running.broker.nodeID, id: client.id }]);
    });

    it('socketGetMeta may be async', async () => {
      const running = await startIo(undefined, { socketGetMeta: async () => ({ late: true }) }, echo);
      await ask(await connect(running, '/'), 'call', 'echo.meta');
      expect(metas).to.deep.equal([{ late: true }]);
    });

    it('socketSaveMeta is called with the socket and the context, after every call that succeeds', async () => {
      const saved: unknown[][] = [];
      const running = await startIo(
        undefined,
        {
          async socketSaveMeta(socket: Socket, ctx: Context) {
            saved.push([this, socket.id, { ...ctx.meta }]);
          },
        },
        echo,
      );
      const client = await connect(running, '/');
      await ask(client, 'call', 'echo.set', { mark: 1 });
      await ask(client, 'call', 'echo.fail');
      await ask(client, 'call', 'echo.params');
      const meta = { $socketId: client.id, user: undefined, $rooms: [client.id] };
      expect(saved).to.deep.equal([
        [running.gateway, client.id, { ...meta, mark: 1 }],
        [running.gateway, client.id, meta],
      ]);
    });

    it('socketSaveUser is told of logins and logouts, and decides what is saved', async () => {
      const saved: unknown[] = [];
      const running = await startIo(
        undefined,
        {
          async socketSaveUser(socket: Socket, user: any) {
            saved.push(user);
            (socket.client as any).user = user && { ...user, saved: true };
          },
        },
        echo,
      );
      const client = await connect(running, '/');
      await ask(client, 'call', 'echo.set', { user: { id: 1 } });
      await ask(client, 'call', 'echo.meta');
      await ask(client, 'call', 'echo.set', { user: null });
      await ask(client, 'call', 'echo.meta');
      expect(saved).to.deep.equal([{ id: 1 }, null]);
      expect(metas.map(({ user }) => user)).to.deep.equal([{ id: 1, saved: true }, null]);
    });

    it('socketSaveUser is told of what socketAuthorize returns', async () => {
      const saved: unknown[] = [];
      const running = await startIo(
        { '/': { authorization: true, ...OPEN } },
        {
          socketAuthorize: () => ({ id: 1 }),
          socketSaveUser(socket: any, user: unknown) {
            saved.push(user);
            socket.client.user = user;
          },
        },
        echo,
      );
      const client = await connect(running, '/');
      expect(saved).to.deep.equal([{ id: 1 }]);
      await ask(client, 'call', 'echo.meta');
      expect(metas[0]!['user']).to.deep.equal({ id: 1 });
    });

    it('socket.client.user can be set anywhere, and is the client in all else', async () => {
      const running = await startIo(
        {
          '/': {
            events: {
              call: {},
              login(this: any, user: unknown, ack: (...args: unknown[]) => void) {
                this.client.user = user;
                ack(this.client.user, this.client.id, this.client.conn === this.conn, this.data.user);
              },
            },
          },
        },
        {},
        echo,
      );
      const client = await connect(running, '/');
      const [user, id, same, data] = await askRaw(client, 'login', { id: 1 });
      expect([user, data]).to.deep.equal([{ id: 1 }, { id: 1 }]);
      expect([id, same]).to.deep.equal([client.io.engine.id, true]);
      await ask(client, 'call', 'echo.meta');
      expect(metas[0]!['user']).to.deep.equal({ id: 1 });
    });
  });

  describe('socketOnError', () => {
    it('is called with the error and the function that answers', async () => {
      const errors: any[] = [];
      const running = await startIo(
        undefined,
        {
          socketOnError(err: Error, respond: (answer: unknown) => void) {
            errors.push(err);
            respond({ mine: err.message });
          },
        },
        echo,
      );
      const client = await connect(running, '/');
      expect(await askRaw(client, 'call', 'echo.fail')).to.deep.equal([{ mine: 'No tea' }]);
      expect(errors).to.have.length(1);
      // It is the error itself: services log its stack, and ask for its class.
      expect(errors[0]).to.be.instanceOf(MoleculerErrors.MoleculerClientError);
      expect(errors[0]).to.deep.include({ code: 418, type: 'TEAPOT', data: { pot: 'full' } });
      expect(errors[0].stack).to.include('behaviour.test');
    });

    it('is not called where the client asked for no answer', async () => {
      const errors: unknown[] = [];
      const running = await startIo(undefined, { socketOnError: (err) => void errors.push(err) }, echo);
      const client = await connect(running, '/');
      client.emit('call', 'echo.fail');
      await ask(client, 'call', 'echo.params');
      expect(errors).to.deep.equal([]);
    });

    it('answers, where it is not overridden, with name, message, code, type and data', async () => {
      const client = await connect(await startIo(undefined, {}, echo), '/');
      expect(await askRaw(client, 'call', 'echo.fail')).to.deep.equal([
        { name: 'MoleculerClientError', message: 'No tea', code: 418, type: 'TEAPOT', data: { pot: 'full' } },
      ]);
    });
  });

  describe('rooms', () => {
    it('are joined by socketJoinRooms and left by socketLeaveRoom, room by room', async () => {
      const calls: unknown[][] = [];
      const running = await startIo(
        undefined,
        {
          async socketJoinRooms(socket: Socket, rooms: string | string[]) {
            calls.push(['join', socket.id, rooms]);
            await socket.join(rooms);
          },
          socketLeaveRoom(socket: Socket, room: string) {
            calls.push(['leave', socket.id, room]);
            return socket.leave(room);
          },
        },
        echo,
      );
      const client = await connect(running, '/');
      await ask(client, 'call', 'echo.set', { $join: ['a', 'b', 'c'] });
      await ask(client, 'call', 'echo.set', { $leave: ['a', 'b'], $join: 'd' });
      await ask(client, 'call', 'echo.set', { $leave: 'c' });
      expect(calls).to.deep.equal([
        ['join', client.id, ['a', 'b', 'c']],
        ['leave', client.id, 'a'],
        ['leave', client.id, 'b'],
        ['join', client.id, 'd'],
        ['leave', client.id, 'c'],
      ]);
      await ask(client, 'call', 'echo.meta');
      expect(metas[0]!['$rooms']).to.deep.equal([client.id, 'd']);
    });
  });

  it('the methods are there to be called', async () => {
    const { gateway } = await startIo(undefined);
    for (const method of [
      'initSocketIO',
      'registerNamespace',
      'removeNamespace',
      'socketGetMeta',
      'socketSaveMeta',
      'socketSaveUser',
      'socketOnError',
      'socketJoinRooms',
      'socketLeaveRoom',
      'checkOrigin',
    ]) {
      expect(gateway[method], method).to.be.a('function');
    }
  });

  it('an override may call what it overrides, in the methods of the mixin', async () => {
    const original = SocketIOService.methods as unknown as Methods;
    const running = await startIo(
      undefined,
      {
        socketGetMeta(socket: Socket) {
          return { ...(original['socketGetMeta']!.call(this as never, socket) as object), more: 1 };
        },
      },
      echo,
    );
    const client = await connect(running, '/');
    await ask(client, 'call', 'echo.meta');
    expect(metas).to.deep.equal([{ $socketId: client.id, user: undefined, $rooms: [client.id], more: 1 }]);
  });

  describe('initSocketIO', () => {
    const schema: ServiceSchema = { name: 'io', mixins: [SocketIOService] };

    async function listening() {
      const server = createServer((_request, response) => response.writeHead(404).end());
      afterwards(() => server.close());
      await once(server.listen(0), 'listening');
      return { server, url: `http://localhost:${(server.address() as AddressInfo).port}` };
    }

    it('takes a server and options', async () => {
      const { server, url } = await listening();
      const broker = newBroker(echo);
      const io: any = broker.createService(schema);
      io.initSocketIO(server, { path: '/ws' });
      await broker.start();
      const client = await connect({ url }, '/', { path: '/ws' });
      expect((await ask(client, 'call', 'echo.params', { a: 1 })).result).to.deep.equal({ a: 1 });
      await refused(newClient({ url }, '/', { transports: ['polling'] }));
    });

    it('takes options alone, for a server of its own', async () => {
      const broker = newBroker(echo);
      const io: any = broker.createService({ ...schema, settings: { port: 0 } } as ServiceSchema);
      const parser = await import('socket.io-parser');
      io.initSocketIO({ path: '/ws', parser });
      await broker.start();
      expect(io.io.opts.parser).to.equal(parser);
      const client = await connect({ url: `http://localhost:${portOf(io)}` }, '/', { path: '/ws' });
      expect((await ask(client, 'call', 'echo.params', { a: 1 })).result).to.deep.equal({ a: 1 });
    });

    it('is called in created() and started() too', async () => {
      for (const phase of ['created', 'started']) {
        const { server, url } = await listening();
        await start([
          {
            ...schema,
            [phase](this: Record<string, any>) {
              this['initSocketIO'](server);
            },
          },
          echo,
        ]);
        const client = await connect({ url }, '/');
        expect((await ask(client, 'call', 'echo.params', { a: 1 })).result, phase).to.deep.equal({ a: 1 });
      }
    });

    it('is waited for where there is neither a port nor a server', async () => {
      const broker = newBroker(echo);
      const io: any = broker.createService(schema);
      await broker.start();
      const { server, url } = await listening();
      await io.initSocketIO(server);
      const client = await connect({ url }, '/');
      expect((await ask(client, 'call', 'echo.params', { a: 1 })).result).to.deep.equal({ a: 1 });
    });
  });

  describe('registerNamespace and removeNamespace', () => {
    const TEMPLATE = {
      '/': OPEN,
      '/template': {
        createNamespace: false,
        events: { call: {}, who: (ack: (name: string) => void) => ack('template') },
      },
    };

    it('a namespace with createNamespace: false does not exist until it is registered', async () => {
      const running = await startIo(TEMPLATE, {}, echo);
      expect((await refused(newClient(running, '/template'))).message).to.equal('Invalid namespace');
      expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/']);

      await running.gateway['registerNamespace']('/lobby', '/template');
      await running.gateway['registerNamespace']('/template', '/template');
      for (const name of ['/lobby', '/template']) {
        const client = await connect(running, name);
        expect(await askRaw(client, 'who')).to.deep.equal(['template']);
        expect((await ask(client, 'call', 'echo.params', { a: 1 })).result).to.deep.equal({ a: 1 });
      }
    });

    it('says where the handlers of an unknown name must be declared, and registers nothing', async () => {
      const running = await startIo(TEMPLATE, {}, echo);
      expect(() => running.gateway['registerNamespace']('/lobby', '/nowhere'))
        .to.throw(Errors.DeclarationError)
        .with.property('message')
        .that.includes(
          "there is no '/nowhere' in settings.io.namespaces; declare it there, with createNamespace: false",
        );
      expect([...running.gateway.namespaces.keys()]).to.deep.equal(['/']);
    });

    it('has the authorization and the middlewares of the item', async () => {
      const running = await startIo(
        TEMPLATE,
        { socketAuthorize: (socket: Socket) => ({ id: socket.nsp.name }) },
        echo,
      );
      const entered: string[] = [];
      const packets: unknown[] = [];
      await running.gateway['registerNamespace']('/lobby', '/template', {
        authorization: true,
        middlewares: [
          (socket: Socket, next: () => void) => {
            entered.push(socket.nsp.name);
            next();
          },
        ],
        packetMiddlewares: [
          (packet: unknown[], next: () => void) => {
            packets.push(packet[0]);
            next();
          },
        ],
      });
      const client = await connect(running, '/lobby');
      await ask(client, 'call', 'echo.meta');
      expect(entered).to.deep.equal(['/lobby']);
      expect(packets).to.deep.equal(['call']);
      expect(metas[0]!['user']).to.deep.equal({ id: '/lobby' });
    });

    it('is reached by the actions of the service', async () => {
      const running = await startIo(TEMPLATE);
      await running.gateway['registerNamespace']('/lobby', '/template');
      const client = await connect(running, '/lobby');
      const hello = next(client, 'hello');
      await running.broker.call('io.broadcast', { namespace: '/lobby', event: 'hello', args: [1] });
      expect(await hello).to.deep.equal([1]);
    });

    it('throws for a namespace that there is already, and for one that there is not', async () => {
      // As in moleculer-io, it throws: a call that nobody awaits must not end the process.
      const { gateway } = await startIo({ ...TEMPLATE, '/chat': OPEN });
      expect(() => gateway['registerNamespace']('/chat', '/template')).to.throw('already exists');
      expect(() => gateway['removeNamespace']('/nowhere')).to.throw('does not exist');
    });

    it('disconnects the sockets of a namespace that is removed, and lets nobody in any more', async () => {
      const running = await startIo({ '/': OPEN, '/chat': OPEN }, {}, echo);
      const [client, other] = [await connect(running, '/chat'), await connect(running, '/')];
      const gone = next(client, 'disconnect');
      await running.gateway['removeNamespace']('/chat');
      expect((await gone)[0]).to.equal('io server disconnect');
      expect((await refused(newClient(running, '/chat'))).message).to.equal('Invalid namespace');
      expect((await ask(other, 'call', 'echo.params', { a: 1 })).result).to.deep.equal({ a: 1 });

      await running.gateway['registerNamespace']('/chat', '/chat');
      const again = await connect(running, '/chat');
      expect((await ask(again, 'call', 'echo.params', { a: 1 })).result).to.deep.equal({ a: 1 });
    });
  });

  it('checkOrigin compares an origin with the setting', async () => {
    const { gateway } = await startIo(undefined);
    const check = (origin: string, allowed: unknown) => gateway['checkOrigin'](origin, allowed);
    for (const allowed of [
      '*',
      'http://a.example',
      'http://*.example',
      'http://b.example, http://a.example',
      ['http://b.example', 'http://a.example'],
      undefined,
    ]) {
      expect(check('http://a.example', allowed), String(allowed)).to.equal(true);
    }
    for (const allowed of ['http://b.example', 'http://axexample', ['http://b.example'], [], '']) {
      expect(check('http://a.example', allowed), String(allowed)).to.equal(false);
    }
  });

  describe('custom functions', () => {
    it('have the socket as this, and the service as this.$service', async () => {
      const seen: any[] = [];
      const running = await startIo({
        '/': {
          events: {
            custom(this: any, ...args: unknown[]) {
              seen.push(this, this.$service);
              (args.pop() as (...answer: unknown[]) => void)(...args);
            },
          },
        },
      });
      const client = await connect(running, '/');
      expect(await askRaw(client, 'custom', 1, null, { a: 'b' })).to.deep.equal([1, null, { a: 'b' }]);
      expect(seen[0]).to.equal(running.gateway.io.of('/').sockets.get(client.id!));
      expect(seen[1]).to.equal(running.gateway);
    });

    it('have no ack where the client asked for none', async () => {
      const called = signal<unknown[]>();
      const running = await startIo({
        '/': { events: { custom: (...args: unknown[]) => called.fire(args) } },
      });
      (await connect(running, '/')).emit('custom', 1, 2);
      expect(await called).to.deep.equal([1, 2]);
    });

    it('named disconnect or disconnecting are told when a socket goes', async () => {
      const told: unknown[] = [];
      const gone = signal();
      const running = await startIo({
        '/': {
          events: {
            call: {},
            disconnecting(this: Socket, reason: string) {
              told.push(['disconnecting', this.id, reason, this.rooms.size]);
            },
            disconnect(this: Socket & { $service: Service }, reason: string) {
              told.push(['disconnect', this.id, reason, this.$service.name]);
              gone.fire();
              throw new Error('which ends nothing');
            },
          },
        },
      });
      const client = await connect(running, '/');
      const { id } = client;
      client.disconnect();
      await gone;
      expect(told).to.deep.equal([
        ['disconnecting', id, 'client namespace disconnect', 1],
        ['disconnect', id, 'client namespace disconnect', 'io'],
      ]);
      await connect(running, '/');
    });

    it('answer when they like, and nothing else answers', async () => {
      const running = await startIo({
        '/': {
          events: {
            later(_data: unknown, ack: (answer: string) => void) {
              setImmediate(ack, 'later');
              return 'returned';
            },
          },
        },
      });
      expect(await askRaw(await connect(running, '/'), 'later', 1)).to.deep.equal(['later']);
    });
  });

  describe('hooks', () => {
    it('have the service as this, and exactly these arguments', async () => {
      const before: unknown[][] = [];
      const after: unknown[][] = [];
      const running = await startIo(
        {
          '/': {
            events: {
              call: {
                aliases: { params: 'echo.params' },
                callOptions: { timeout: 1000 },
                onBeforeCall(this: unknown, ...args: unknown[]) {
                  const options = args.pop() as object;
                  before.push([this, ...args, { ...options }]);
                },
                onAfterCall(this: unknown, ...args: unknown[]) {
                  after.push([this, ...args]);
                },
              },
            },
          },
        },
        {},
        echo,
      );
      const client = await connect(running, '/');
      await ask(client, 'call', 'params', { a: 1 });
      const socket = running.gateway.io.of('/').sockets.get(client.id!);

      expect(before).to.have.length(1);
      const [self, ctx, itsSocket, action, params, options] = before[0] as any[];
      expect(before[0]).to.have.length(6);
      expect(self).to.equal(running.gateway);
      expect(itsSocket).to.equal(socket);
      expect(action).to.equal('echo.params');
      expect(params).to.deep.equal({ a: 1 });
      expect(options).to.include({ timeout: 1000 });
      expect(options.meta).to.deep.equal({ $socketId: client.id, user: undefined, $rooms: [client.id] });
      expect(ctx.service ?? ctx.broker.getLocalService('io')).to.equal(running.gateway);

      expect(after).to.have.length(1);
      expect(after[0]).to.have.length(4);
      expect(after[0]![0]).to.equal(running.gateway);
      expect(after[0]![1]).to.equal(ctx);
      expect(after[0]![2]).to.equal(socket);
      expect(after[0]![3]).to.deep.equal({ a: 1 });
    });

    it('may change meta, params and the options of the call', async () => {
      const running = await startIo(
        {
          '/': {
            events: {
              call: {
                onBeforeCall(ctx: any, _socket: unknown, action: string, params: any, options: any) {
                  ctx.meta.added = 'to the context';
                  options.meta.also = 'to the options';
                  if (action === 'echo.params') params.added = true;
                },
                onAfterCall: async (_ctx: unknown, _socket: unknown, res: any) =>
                  res && { ...res, after: true },
              },
            },
          },
        },
        {},
        echo,
      );
      const client = await connect(running, '/');
      expect((await ask(client, 'call', 'echo.params', { a: 1 })).result).to.deep.equal({
        a: 1,
        added: true,
        after: true,
      });
      await ask(client, 'call', 'echo.meta');
      expect(metas[0]).to.include({ added: 'to the context', also: 'to the options' });
    });
  });

  it('middlewares run before the authorizer and may refuse, in their order', async () => {
    const order: string[] = [];
    const step = (name: string) => (_socket: Socket, next: () => void) => {
      order.push(name);
      setImmediate(next);
    };
    const running = await startIo(
      { '/': { authorization: true, ...OPEN, middlewares: [step('first'), step('second')] } },
      { socketAuthorize: () => void order.push('authorize') },
    );
    await connect(running, '/');
    expect([...order].sort()).to.deep.equal(['authorize', 'first', 'second']);
    expect(order.indexOf('first')).to.be.below(order.indexOf('second'));
  });

  it('data of an error that a middleware gives reaches the client', async () => {
    const running = await startIo({
      '/': {
        ...OPEN,
        middlewares: [
          (_socket: Socket, next: (error: Error) => void) =>
            next(Object.assign(new Error('not you'), { data: { why: 'because' } })),
        ],
      },
    });
    const error = await refused(newClient(running, '/'));
    expect(error.message).to.equal('not you');
    expect(error.data).to.deep.equal({ why: 'because' });
  });

  it('a packet middleware may change the packet', async () => {
    const running = await startIo(
      {
        '/': {
          ...OPEN,
          packetMiddlewares: [
            (packet: unknown[], next: () => void) => {
              packet[2] = { changed: true };
              next();
            },
          ],
        },
      },
      {},
      echo,
    );
    const client = await connect(running, '/');
    expect((await ask(client, 'call', 'echo.params', {})).result).to.deep.equal({ changed: true });
  });

  describe('actions', () => {
    let running: Running;
    let clients: Client[];
    beforeEach(async () => {
      running = await startIo({ '/': OPEN, '/admin': OPEN }, {}, echo);
      clients = [await connect(running, '/'), await connect(running, '/'), await connect(running, '/admin')];
      await ask(clients[0]!, 'call', 'echo.set', { $join: 'room' });
      await ask(clients[2]!, 'call', 'echo.set', { $join: 'room' });
    });

    it("broadcast and getClients mean '/' where no namespace is named", async () => {
      const heard: string[] = [];
      clients.forEach((client, at) => client.on('hello', () => heard.push(String(at))));
      await running.broker.call('io.broadcast', { event: 'hello' });
      for (const client of clients) await ask(client, 'call', 'echo.params');
      expect(heard.sort()).to.deep.equal(['0', '1']);
      expect(await running.broker.call('io.getClients', { room: 'room' })).to.deep.equal([clients[0]!.id]);
    });

    it('getClients takes a namespace and a room', async () => {
      const ids = await running.broker.call('io.getClients', { namespace: '/admin', room: 'room' });
      expect(ids).to.deep.equal([clients[2]!.id]);
    });

    it('broadcast refuses what is no event', async () => {
      const failed = await running.broker
        .call('io.broadcast', { args: [1] })
        .catch((error: unknown) => error);
      expect(failed).to.include({ name: 'ValidationError', code: 422 });
    });
  });

  it('the service may have another name, and a version', async () => {
    const running = await start({
      name: 'ws',
      version: 2,
      mixins: [SocketIOService],
      settings: { port: 0 } as object,
    });
    const client = await connect(running, '/');
    const hello = next(client, 'hello');
    await running.broker.call('v2.ws.broadcast', { event: 'hello' });
    expect(await hello).to.deep.equal([]);
  });

  it('created(), started() and stopped() of the service run, with this.io there', async () => {
    const seen: string[] = [];
    const running = await start({
      name: 'io',
      mixins: [SocketIOService],
      settings: { port: 0 },
      created: () => void seen.push('created'),
      started(this: any) {
        seen.push(`started ${typeof this.io.of}`);
        this.io.of('/').on('connection', () => seen.push('connection'));
      },
      stopped: () => void seen.push('stopped'),
    } as ServiceSchema);
    await connect(running, '/');
    await running.broker.stop();
    expect(seen).to.deep.equal(['created', 'started function', 'connection', 'stopped']);
  });
});
