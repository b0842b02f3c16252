import { IsString, Length } from 'class-validator';
import type { Socket } from 'socket.io';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  Ctx,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
  User,
} from 'moleculer-socket-gateway';
import type { Person } from './accounts';

class Credentials {
  @Length(1, 100)
  name!: string;

  @Length(1, 100)
  password!: string;
}

class Device {
  @IsString()
  token!: string;
}

class Kick {
  @IsString()
  id!: string;
}

/** Events are for those who are logged in, but for one. */
@SocketNamespace('/')
@Authorize()
export class AccountGateway extends SocketGateway {
  /** Those who bring a token are known from the start; a wrong one is refused. */
  @Authenticate()
  authenticate(socket: Socket) {
    const { token } = socket.handshake.auth as { token?: unknown };
    if (token !== undefined) return this.broker.call<Person, object>('accounts.verify', { token });
  }

  /** The action sets `ctx.meta.user`, which logs this socket in. */
  @AllowAnonymous()
  @SocketEvent()
  login(@MessageBody() credentials: Credentials, @Ctx() ctx: SocketContext) {
    return ctx.call('accounts.login', credentials);
  }

  @SocketEvent()
  logout(@MessageBody() device: Device, @Ctx() ctx: SocketContext) {
    return ctx.call('accounts.logout', device);
  }

  @SocketEvent()
  whoAmI(@User() user: Person) {
    return user;
  }

  /** Puts somebody out, on all devices and nodes. */
  @Authorize('admin')
  @SocketEvent()
  async kick(@MessageBody() { id }: Kick) {
    await this.broker.call('account.disconnect', { user: id });
  }
}
