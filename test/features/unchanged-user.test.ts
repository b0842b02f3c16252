import { expect } from 'chai';
import { Serializers, type BrokerOptions, type Context, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { ask, connect, newBroker, start, type Client, type Running } from '../support/run-gateway';

interface UserMeta {
  user: any;
}

/** A user of a class, with fields that lose something on their way to another node. */
class Member {
  readonly since = new Date(1_000_000_000_000);
  readonly left = undefined;
  readonly note: string | null = null;
  readonly key = Buffer.from('key');
  readonly bytes = new Uint8Array([1, 2, 3]);
  readonly shares = new Map([[1, new Map([[2, 'a']])]]);
  readonly tags = new Set(['x']);
  readonly nested = { at: new Date(5), gone: undefined, list: [{ at: new Date(6) }] };
  readonly home = new URL('http://localhost/');
  constructor(readonly id: number) {}
  get name() {
    return `member ${this.id}`;
  }
}

const far: ServiceSchema = {
  name: 'far',
  actions: {
    hi: () => 'hi',
    rename(ctx: Context<unknown, UserMeta>) {
      ctx.meta.user.id = 5;
    },
    login(ctx: Context<object, UserMeta>) {
      ctx.meta.user = ctx.params;
    },
    logout(ctx: Context<unknown, UserMeta>) {
      ctx.meta.user = null;
    },
  },
};

/** On the node of the gateway. */
const near: ServiceSchema = {
  name: 'near',
  actions: {
    hi: (ctx: Context) => ctx.call('far.hi'),
    copy(ctx: Context<unknown, UserMeta>) {
      ctx.meta.user = { ...ctx.meta.user };
    },
  },
};

const saved: unknown[] = [];
let member: any;

@SocketNamespace('/x', { settings: { port: 0 } })
class MemberGateway extends SocketGateway {
  @Authenticate()
  who() {
    return member;
  }
  @SocketEvent({ whitelist: ['far.*', 'near.*'] })
  call!: ActionProxy;
  @SocketEvent({ whitelist: ['far.*'], callOptions: { meta: { other: true } } })
  otherMeta!: ActionProxy;

  @SocketEvent()
  async handler(ctx: SocketContext<string>) {
    await ctx.call(ctx.params);
    return ctx.call(ctx.params);
  }
  override async socketSaveUser(socket: Socket, user: unknown) {
    saved.push(user);
    await super.socketSaveUser(socket, user);
  }
}

/** Saves the user of every call, as the README of moleculer-io shows. */
const dropIn = {
  name: 'io',
  mixins: [SocketIOService],
  settings: { port: 0, io: { namespaces: { '/x': { authorization: true, events: { call: {} } } } } },
  methods: {
    socketAuthorize: () => member,
    socketSaveMeta(socket: Socket, ctx: SocketContext) {
      socket.data.user = ctx.meta.user;
    },
  },
} as unknown as ServiceSchema;

/** Starts a gateway on one node, and `far` on another. */
async function startTwo(
  gateway: typeof MemberGateway | ServiceSchema,
  serializer: BrokerOptions['serializer'],
): Promise<Running> {
  const options = { transporter: 'Fake' as const, serializer, namespace: 'unchanged-user' };
  const [running] = await Promise.all([
    start([gateway, near], { ...options, nodeID: 'near' }),
    newBroker(far, { ...options, nodeID: 'far' }).start(),
  ]);
  await running.broker.waitForServices('far', 2000, 5);
  return running;
}

const userOf = ({ gateway }: Running, client: Client): any =>
  gateway.namespaces.get('/x')?.sockets.get(client.id as string)?.data.user;

const WAYS: Record<string, (client: Client) => Promise<unknown>> = {
  'a proxy': (client) => ask(client, 'call', 'far.hi'),
  'a proxy that gives other meta': (client) => ask(client, 'otherMeta', 'far.hi'),
  'an action here that calls it': (client) => ask(client, 'call', 'near.hi'),
  'a handler that calls it twice': (client) => ask(client, 'handler', 'far.hi'),
  'a handler that calls an action that calls it': (client) => ask(client, 'handler', 'near.hi'),
};

const NAMES = Object.keys(Serializers).filter((name) => !['Base', 'resolve', 'register'].includes(name));

describe('a user whom an action of another node leaves alone', () => {
  beforeEach(() => {
    saved.length = 0;
    member = new Member(4);
  });

  for (const serializer of NAMES) {
    it(`stays the very same over ${serializer}, until an action changes the user`, async () => {
      const running = await startTwo(MemberGateway, serializer as 'JSON');
      const client = await connect(running);
      for (const [way, call] of Object.entries(WAYS)) {
        expect(await call(client), way).to.deep.equal({ error: null, result: 'hi' });
        expect(userOf(running, client), way).to.equal(member);
      }
      expect(saved).to.deep.equal([]);

      await ask(client, 'call', 'far.rename');
      expect(userOf(running, client)).not.to.equal(member);
      expect(member.id).to.equal(4);
      await ask(client, 'handler', 'far.rename');
      await ask(client, 'handler', 'far.logout');
      expect(userOf(running, client)).to.equal(null);
      expect(saved.map((user: any) => user?.id)).to.deep.equal([5, undefined]);
    });
  }

  it('stays logged out where a slow call still has the user', async () => {
    const running = await startTwo(dropIn, 'JSON');
    const client = await connect(running);
    const socket = running.gateway.io.of('/x').sockets.get(client.id as string) as Socket;
    const arrived = new Promise((resolve) => socket.prependAny(resolve));
    const slow = ask(client, 'call', 'far.hi');
    await arrived;
    socket.data.user = null;
    expect((await slow).result).to.equal('hi');
    expect(userOf(running, client)).to.equal(null);
  });

  it('stays the same where nothing but a field without a value is lost', async () => {
    member = { id: 4, nick: undefined };
    const running = await startTwo(MemberGateway, 'JSON');
    const client = await connect(running);
    await ask(client, 'call', 'far.hi');
    expect(userOf(running, client)).to.equal(member);
  });

  it('is saved where an action makes something else of a date', async () => {
    const running = await startTwo(MemberGateway, 'JSON');
    const client = await connect(running);
    const { since: _since, ...rest } = JSON.parse(JSON.stringify(member)) as { since: string };
    await ask(client, 'call', 'far.login', { ...rest, since: new Date(0).toISOString() });
    expect(userOf(running, client).since).to.equal('1970-01-01T00:00:00.000Z');
  });

  it('is saved where an action of this node replaces an instance by a plain object', async () => {
    const running = await startTwo(MemberGateway, 'JSON');
    const client = await connect(running);
    await ask(client, 'call', 'near.copy');
    expect(userOf(running, client)).to.be.an('object').and.not.instanceOf(Member);
    expect(saved).to.have.length(1);
  });

  it('may be one who cannot be sent to another node, as long as no other node is asked', async () => {
    member = { id: 4n, self: undefined as unknown };
    member.self = member;
    const running = await startTwo(MemberGateway, 'JSON');
    const client = await connect(running);
    await ask(client, 'call', 'near.copy');
    expect(userOf(running, client).self).to.equal(member);
    expect((await ask(client, 'call', 'far.hi')).error).to.include({ code: 500 });
  });
});
