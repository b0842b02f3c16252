import { IsJWT } from 'class-validator';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Authorize,
  Ctx,
  Errors,
  MessageBody,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
  User,
} from 'moleculer-socket-gateway';
import type { Account } from './tokens';

class Renewal {
  @IsJWT()
  token!: string;
}

/** Whoever has a good token gets in, and stays for as long as it is good. */
@SocketNamespace('/')
@Authorize()
export class TokenGateway extends SocketGateway {
  /** The account has an `exp`: at that moment its sockets are disconnected. */
  @Authenticate({ room: (account: Account) => `account:${account.id}` })
  authenticate(socket: Socket) {
    const { token } = socket.handshake.auth as { token?: unknown };
    return this.broker.call<Account, object>('tokens.verify', { token });
  }

  /** A client that has got a new token need not connect anew: setting the user logs in again, until the new `exp`. */
  @RateLimit({ points: 10, duration: 60, key: 'user' })
  @SocketEvent()
  async renew(@MessageBody() { token }: Renewal, @Ctx() ctx: SocketContext) {
    const account = await ctx.call<Account, object>('tokens.verify', { token });
    if (account.id !== (ctx.meta.user as Account).id) throw new Errors.ForbiddenError('ANOTHER_ACCOUNT');
    ctx.meta.user = account;
    return { validUntil: new Date(account.exp * 1000) };
  }

  @SocketEvent()
  whoAmI(@User() { id, roles }: Account) {
    return { id, roles };
  }

  @Authorize('admin')
  @SocketEvent()
  async announce(@MessageBody() text: string) {
    await this.broker.call('token.broadcast', { event: 'announcement', args: [text] });
  }
}
