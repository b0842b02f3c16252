import { IsInt, IsString, ValidateNested } from 'class-validator';
import { Type } from 'class-transformer';
import type { Context } from 'moleculer';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { z } from 'zod';
import {
  Ack,
  type ActionProxy,
  AllowAnonymous,
  Authenticate,
  Authorize,
  ForwardEvent,
  MessageBody,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';

/*
 * Gateways that have something of all that a contract describes. What it must not show has `hidden` in it.
 */

class Author {
  @IsString() name!: string;
}
class NewMessage {
  @IsString() text!: string;
  @ValidateNested() @Type(() => Author) author!: Author;
}
class Message {
  @IsInt() id!: number;
}
const OtherAuthor = (() => {
  class Author {
    @IsInt() age!: number;
  }
  return Author;
})();

@SocketNamespace(['/chat', '/tenants/:tenantId'], {
  name: 'chat',
  settings: { secret: 'hidden-secret', port: 0 },
  sends: { message: [Message, Number], tick: [] },
  autoExpose: true,
})
@Authorize()
@RateLimit({
  points: 10,
  duration: 5,
  store: new RateLimiterMemory({ keyPrefix: 'hidden-store', points: 10, duration: 5 }),
})
export class ChatGateway extends SocketGateway {
  @Authenticate() authenticate() {
    return { id: 1 };
  }

  @Authorize('admin', 'editor')
  @SocketEvent('message', {
    description: 'Sends a message.\nAt most 500 characters.',
    deprecated: 'Send post.',
    returns: [Message],
  })
  send(@MessageBody() message: NewMessage) {
    return message;
  }

  @AllowAnonymous() @SocketEvent() login(@MessageBody({ unchecked: true }) anything: unknown) {
    return anything;
  }

  @SocketEvent() rate(
    @MessageBody() id: string,
    @MessageBody(1, { type: Number, optional: true }) stars?: number,
  ) {
    return [id, stars];
  }

  @SocketEvent('search', { payload: z.object({ text: z.string().min(1) }) }) search() {
    return [];
  }

  @SocketEvent('move', { params: { to: 'string|min:2', at: { type: 'number', optional: true } } }) move() {
    return true;
  }

  @SocketEvent() other(
    @MessageBody({ type: OtherAuthor }) author: object,
    @Ack() ack: (error: null) => void,
  ) {
    author;
    ack(null);
  }

  @SocketEvent('call', {
    whitelist: ['math.*'],
    blacklist: ['math.hidden-action'],
    aliases: { add: 'math.add' },
    callOptions: { meta: { key: 'hidden-key' } },
  })
  call!: ActionProxy;

  @ForwardEvent('order.updated', { payload: Message, rooms: 'hidden-room' }) updated(ctx: Context<Message>) {
    return ctx.params;
  }

  @ForwardEvent('stock.*', { namespace: '/chat' }) stock() {
    return 1;
  }
}

@SocketNamespace(/^\/dyn-\d+$/, { name: 'object', ack: 'object' })
export class ObjectGateway extends SocketGateway {
  @SocketEvent('*') rest() {
    return 1;
  }
  @SocketEvent('message', { returns: Number }) message() {
    return 1;
  }
}

/** A service whose action a gateway with `autoExpose` exposes. */
export const MATH = {
  name: 'math',
  actions: { add: { socket: 'add', params: { a: 'number', b: 'number' }, handler: () => 1 } },
};
