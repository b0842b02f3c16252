import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import {
  Authenticate,
  Authorize,
  Ctx,
  Errors,
  ForwardEvent,
  MessageBody,
  MessageStream,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from 'moleculer-socket-gateway';
import type { Context } from 'moleculer';
import type { Socket } from 'socket.io';
import { FileId, NewFile, NewMessage, NewTicket, type Account, type Ticket, type ToClient } from './messages';

type DeskContext<Params = unknown> = SocketContext<Params, object, ToClient, Account>;

/** The room of a ticket. */
const roomOf = (ticket: number) => `ticket:${ticket}`;
/** A policy: the client has entered the ticket that its event is about. */
const hasEntered = (ctx: DeskContext) =>
  ctx.socket.rooms.has(roomOf((ctx.params as { ticket: number }).ticket));

@SocketNamespace('/desk/:tenant', {
  presence: { of: ({ id, name }: Account) => ({ id, name }), rooms: 'ticket:*' },
})
@Authorize<Account>((ctx) => ctx.meta.user.tenant === ctx.nspParams.tenant)
export class DeskGateway extends SocketGateway<ToClient, Account> {
  /** In place of a store for files. */
  private readonly files = new Map<string, { ticket: number; content: Buffer }>();

  @Authenticate({ room: (account: Account) => `user:${account.id}` })
  authenticate(socket: Socket) {
    return this.broker.call<Account, object>('accounts.verify', {
      token: socket.handshake.auth.token as unknown,
    });
  }

  @OnConnect()
  async welcome(socket: Socket) {
    const { roles } = (socket.data as { user: Account }).user;
    if (roles.includes('agent')) await socket.join('agents');
  }

  @SocketEvent('ticket.open')
  open(@MessageBody() ticket: NewTicket, @Ctx() ctx: DeskContext) {
    return ctx.call<Ticket, NewTicket>('tickets.open', ticket);
  }

  @SocketEvent('ticket.list')
  list(@Ctx() ctx: DeskContext) {
    return ctx.call<Ticket[], object>('tickets.list', {});
  }

  /** Agents of the tenant hear of new tickets, on whatever node they are. */
  @ForwardEvent<Ticket>('ticket.opened', {
    namespace: (ctx) => `/desk/${ctx.params.tenant}`,
    rooms: 'agents',
  })
  opened(ctx: Context<Ticket>) {
    return ctx.params;
  }

  @SocketEvent('ticket.enter')
  async enter(@MessageBody() id: number, @Ctx() ctx: DeskContext) {
    const ticket = await ctx.call<Ticket, object>('tickets.get', { id });
    await ctx.socket.join(roomOf(ticket.id));
    return ticket;
  }

  @Authorize<Account>(hasEntered)
  @SocketEvent('message')
  message(@MessageBody() { ticket, text }: NewMessage, @Ctx() ctx: DeskContext) {
    const message = { ticket, from: ctx.meta.user.name, text, at: Date.now() };
    ctx.socket.to(roomOf(ticket)).emit('message', message);
    return message;
  }

  @Authorize('agent')
  @SocketEvent('ticket.close')
  async close(@MessageBody() id: number, @Ctx() ctx: DeskContext) {
    await ctx.call('tickets.get', { id }); // 404 for tickets of others
    await ctx.call('tickets.close', { id });
  }

  @Authorize<Account>(hasEntered)
  @SocketEvent('file.attach', { stream: { maxBytes: 20 * 1024 * 1024 } })
  async attach(
    @MessageBody() { ticket, name }: NewFile,
    @MessageStream() stream: Readable,
    @Ctx() ctx: DeskContext,
  ) {
    const id = randomUUID();
    this.files.set(id, { ticket, content: await buffer(stream) });
    const file = { ticket, id, name, from: ctx.meta.user.name };
    ctx.socket.to(roomOf(ticket)).emit('file', file);
    return file;
  }

  @SocketEvent('file.get')
  get(@MessageBody() { id }: FileId, @Ctx() ctx: DeskContext) {
    const file = this.files.get(id);
    if (!file || !ctx.socket.rooms.has(roomOf(file.ticket))) throw new Errors.NotFoundError('NO_SUCH_FILE');
    return Readable.from([file.content]);
  }

  @Authorize<Account>(hasEntered)
  @SocketEvent('ticket.people')
  people(@MessageBody({ unchecked: true }) { ticket }: { ticket: number }, @Ctx() ctx: DeskContext) {
    return ctx.presence.list(roomOf(ticket)).map(({ info }) => info);
  }
}
