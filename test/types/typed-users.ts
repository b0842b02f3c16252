import type { Namespace, Server, Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  Ctx,
  MessageBody,
  OnAfterCall,
  OnBeforeCall,
  OnCallError,
  OnConnect,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  User,
} from '../../src';
import type { ActionProxy, AuthorizeRule, GatewaySocket, SocketContext } from '../../src';
import type { Equal, Expect } from './assert';

declare function use(...values: unknown[]): void;

interface Account {
  id: number;
  tenantId: string;
  roles: string[];
}

interface ToClient {
  message(text: string): void;
}

type ChatContext<Params = unknown> = SocketContext<Params, { ip: string }, ToClient, Account>;
type OpenContext = SocketContext<unknown, { ip: string }, ToClient, Account | undefined>;

/** An application that says what its users are needs no cast. */
@SocketNamespace('/tenants/:tenantId')
@Authorize<Account>('member', (ctx) => ctx.nspParams['tenantId'] === ctx.meta.user.tenantId)
@Authorize((ctx: ChatContext<{ id: number }>) => ctx.params.id === ctx.meta.user.id)
export class TypedGateway extends SocketGateway<ToClient, Account> {
  @Authenticate<Account>({ room: (user) => `account:${user.id}` })
  authenticate(socket: Socket): Promise<Account | undefined> {
    return this.broker.call('accounts.verify', { token: socket.handshake.auth['token'] });
  }

  @OnConnect()
  welcome(socket: GatewaySocket<ToClient, Account>) {
    socket.emit('message', socket.data.user?.tenantId ?? 'anonymous');
  }

  @OnBeforeCall()
  before(ctx: ChatContext) {
    ctx.meta.ip = ctx.meta.user.tenantId;
  }

  @OnAfterCall()
  after(ctx: ChatContext, _socket: Socket, result: { ok: boolean }) {
    return { ...result, id: ctx.meta.user.id };
  }

  @OnCallError()
  failed(ctx: ChatContext, _socket: Socket, error: Error): never {
    use(ctx.meta.user.id);
    throw error;
  }

  @Authorize<Account>((ctx) => ctx.meta.user.roles.includes('admin'))
  @RateLimit({ points: 1, duration: 1, key: (ctx: ChatContext) => String(ctx.meta.user.id) })
  @SocketEvent()
  async publish(@MessageBody() text: string, @Ctx() ctx: ChatContext<string>, @User() user: Account) {
    ctx.socket.emit('message', `${text} ${user.id} ${ctx.meta.user.id} ${ctx.meta.ip}`);
    this.io.emit('message', text);
    for (const { data } of await this.io.fetchSockets()) use(data.user?.tenantId, data['typing']);
    for (const socket of this.namespaces.get('/x')?.sockets.values() ?? []) use(socket.data.user?.roles);
    ctx.meta.user = { ...ctx.meta.user, roles: [] };
    ctx.meta.user = null;
    ctx.meta.user = undefined;
    ctx.socket.data.user = null;
  }

  @SocketEvent('call', {
    whitelist: ['math.*'],
    callOptions: (ctx: ChatContext) => ({ meta: { tenant: ctx.meta.user.tenantId } }),
    onBeforeCall(ctx: ChatContext, _socket, _action, _params, callOptions) {
      callOptions.meta = { user: ctx.meta.user.id, name: this.name };
    },
    onAfterCall: (ctx: ChatContext) => ctx.meta.user.id,
  })
  call!: ActionProxy;

  override async socketGetMeta(socket: GatewaySocket<ToClient, Account>) {
    return { ...(await super.socketGetMeta(socket)), tenant: socket.data.user?.tenantId };
  }

  override socketSaveUser(socket: GatewaySocket<ToClient, Account>, user: Account | null) {
    use(user?.tenantId);
    return super.socketSaveUser(socket, user);
  }

  override reformatError(error: Error, ctx: ChatContext | undefined) {
    return { name: error.name, message: String(ctx?.meta.user.id), code: 500 };
  }

  wrong(ctx: ChatContext, open: OpenContext): void {
    // @ts-expect-error -- users have no such property
    use(ctx.meta.user.name);
    // @ts-expect-error -- a user is no string
    ctx.meta.user = 'ann';
    // @ts-expect-error -- a property is missing
    ctx.meta.user = { id: 1 };
    // @ts-expect-error -- there may be nobody
    use(open.meta.user.id);
    use(open.meta.user?.id);
    // @ts-expect-error -- the user of a socket may be missing
    use(ctx.socket.data.user.id);
    // @ts-expect-error -- users have no such property
    use(ctx.socket.data.user?.name);
  }
}

// @ts-expect-error -- users have no such property
Authorize<Account>((ctx) => ctx.meta.user.name === 'ann');
// @ts-expect-error -- nobody said what the user is
Authorize((ctx) => ctx.meta.user.id === 1);
export const rule: AuthorizeRule<Account> = (ctx) => ctx.meta.user.id === 1;
Authorize<Account>('admin', rule);
Authorize('admin', rule);

declare const ctx: ChatContext<{ id: number }>;
declare const open: OpenContext;
declare const gateway: TypedGateway;
/** A typed context is a context, for helpers that take one; so is a gateway. */
export const plain: SocketContext = ctx;
export const plainGateway: SocketGateway = gateway;
use(open);

export type ItKnows = [
  Expect<Equal<typeof ctx.meta.user, Account>>,
  Expect<Equal<typeof open.meta.user, Account | undefined>>,
  Expect<Equal<typeof ctx.meta.ip, string>>,
  Expect<Equal<typeof ctx.params.id, number>>,
  Expect<Equal<typeof ctx.socket.data.user, Account | null | undefined>>,
  Expect<Equal<SocketContext['meta']['user'], unknown>>,
  Expect<Equal<SocketContext['socket'], Socket>>,
  Expect<Equal<SocketGateway['io'], Server>>,
  Expect<Equal<SocketGateway['namespaces'], ReadonlyMap<string, Namespace>>>,
  Expect<Equal<GatewaySocket, Socket>>,
];
