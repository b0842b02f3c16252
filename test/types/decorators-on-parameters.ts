import {
  Ack,
  ConnectedSocket,
  Ctx,
  MessageBody,
  Meta,
  NspParam,
  NspParams,
  SocketEvent,
  SocketGateway,
  SocketId,
  SocketIO,
  SocketNamespace,
  SocketQueryParam,
  SocketRequest,
  SocketRooms,
  User,
} from '../../src';
import type { MessageBodyOptions, SocketContext } from '../../src';
import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'socket.io';
import { z } from 'zod';

class Message {
  text!: string;
}

interface Account {
  id: number;
}

/** Everything as it should be. `Ack` is a decorator and a type. */
@SocketNamespace('/tenants/:tenantId')
export class Right extends SocketGateway {
  @SocketEvent()
  all(
    @MessageBody() message: Message,
    @MessageBody(1) second: string | undefined,
    @ConnectedSocket() socket: Socket,
    @Ctx() ctx: SocketContext<Message>,
    @User() user: Account,
    @Meta() meta: { ip: string },
    @Meta('ip') ip: string,
    @Ack() ack: Ack,
    @SocketId() id: string,
    @SocketRooms() rooms: string[],
    @NspParam('tenantId') tenant: string,
    @NspParams() params: Record<string, string>,
    @SocketQueryParam('token') token: string,
    @SocketRequest() request: IncomingMessage,
    @SocketIO() io: Server,
  ) {
    ack(null, [message, second, socket, ctx, user, meta, ip, id, rooms, tenant, params, token, request, io]);
  }

  @SocketEvent()
  private own(@MessageBody() message: Message) {
    return message;
  }

  use() {
    return this.own({ text: '' });
  }
}

/** Options of bodies. */
export class Bodies extends SocketGateway {
  @SocketEvent()
  all(
    @MessageBody({}) _a: Message,
    @MessageBody({ type: Message }) _b: Message,
    @MessageBody({ type: [Message] }) _c: Message[],
    @MessageBody({ unchecked: true }) _d: unknown,
    @MessageBody({ optional: true }) _e: Message | undefined,
    @MessageBody(1, { type: Number, optional: true }) _f?: number,
    @MessageBody(2, { type: z.string() }) _g?: string,
    @MessageBody(3, { unchecked: true, optional: true }) _h?: unknown,
    @MessageBody(4, { type: String, unchecked: false }) _i?: string,
    @MessageBody(undefined, { type: [Number] }) _j?: number[],
  ) {
    return 1;
  }
}
export const bodyOptions: MessageBodyOptions[] = [{ type: Message }, { unchecked: true }, {}];
// @ts-expect-error -- it is checked, or it is not
MessageBody({ type: Message, unchecked: true });
// @ts-expect-error -- it is checked, or it is not
MessageBody(1, { type: Message, unchecked: true });
// @ts-expect-error -- there is no such option
MessageBody({ typ: Message });
// @ts-expect-error -- there is no such option
MessageBody(1, { required: false });
// @ts-expect-error -- a type is a class
MessageBody({ type: 'Message' });
// @ts-expect-error -- an array of payloads has one class
MessageBody({ type: [Message, Message] });
// @ts-expect-error -- it is on or off
MessageBody({ optional: 'yes' });
// @ts-expect-error -- a type is an option
MessageBody(Message);
// @ts-expect-error -- a type is an option
MessageBody(1, Message);
// @ts-expect-error -- the position comes first
MessageBody({ type: Message }, 1);

export class OnConstructor extends SocketGateway {
  // @ts-expect-error -- a constructor gets a broker, nothing of an event
  constructor(@Ctx() broker: never) {
    super(broker);
  }
}

export class OnConstructorBody extends SocketGateway {
  // @ts-expect-error -- a constructor gets a broker, nothing of an event
  constructor(@MessageBody() broker: never) {
    super(broker);
  }
}

export class NoGateway {
  // @ts-expect-error -- the class is no gateway
  send(@MessageBody() message: Message) {
    return message;
  }

  // @ts-expect-error -- the class is no gateway
  context(@Ctx() ctx: SocketContext) {
    return ctx;
  }

  // @ts-expect-error -- the class is no gateway
  user(@User() user: Account) {
    return user;
  }
}

export class OnStatic extends SocketGateway {
  // @ts-expect-error -- a static method is no handler
  static send(@MessageBody() message: Message) {
    return message;
  }
}

export class WrongArguments extends SocketGateway {
  // @ts-expect-error -- a position is a number
  byName(@MessageBody('text') text: string) {
    return text;
  }

  // @ts-expect-error -- which parameter?
  whichParameter(@NspParam() tenant: string) {
    return tenant;
  }

  // @ts-expect-error -- which parameter?
  whichQuery(@SocketQueryParam() token: string) {
    return token;
  }

  // @ts-expect-error -- a key is a string
  byNumber(@Meta(7) ip: string) {
    return ip;
  }

  // @ts-expect-error -- it is a factory
  noCall(@Ctx ctx: SocketContext) {
    return ctx;
  }

  // @ts-expect-error -- it is a factory
  noAck(@Ack _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noConnectedSocket(@ConnectedSocket _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noMessageBody(@MessageBody _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noMeta(@Meta _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noNspParam(@NspParam _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noNspParams(@NspParams _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noSocketId(@SocketId _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noSocketIO(@SocketIO _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noSocketQueryParam(@SocketQueryParam _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noSocketRequest(@SocketRequest _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noSocketRooms(@SocketRooms _value: unknown) {
    return 1;
  }

  // @ts-expect-error -- it is a factory
  noUser(@User _value: unknown) {
    return 1;
  }
}

export class OnOthers extends SocketGateway {
  // @ts-expect-error -- a decorator of parameters stands on a parameter
  @Ctx()
  method() {
    return 1;
  }

  // @ts-expect-error -- a decorator of parameters stands on a parameter
  @User()
  property = 1;
}
