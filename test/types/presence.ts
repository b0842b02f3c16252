import {
  OnPresence,
  SocketGateway,
  SocketNamespace,
  type PresenceDiff,
  type PresenceMessage,
  type SocketContext,
} from '../../src';
import type { Expect, Equal } from './assert';
import type { DefaultEventsMap } from 'socket.io';

/* What is known of users that a gateway shows. */

interface Account {
  id: number;
  name: string;
}
interface Shown {
  info: { name: string };
  meta: { isTyping: boolean };
}
interface ToClient {
  presence(message: PresenceMessage<Shown['info'], Shown['meta']>): void;
}

@SocketNamespace('/chat', {
  presence: {
    of: (user: Account, { id }) => (id ? { id: user.id, name: user.name } : undefined),
    rooms: ['room:*', /^x/],
  },
})
export class ChatGateway extends SocketGateway<ToClient, Account, Shown> {
  names(): string[] {
    const [user] = this.presence.list({ room: 'room:tea' });
    type Meta = NonNullable<typeof user>['devices'][number]['meta'];
    true satisfies Expect<Equal<Meta, { isTyping: boolean } | undefined>>;
    // @ts-expect-error -- users are frozen
    if (user) user.info.name = 'Ada';
    return this.presence.list().map(({ info }) => info.name);
  }

  typing(ctx: SocketContext<unknown, object, ToClient, Account, Shown>): void {
    ctx.presence.update({ isTyping: true });
    // @ts-expect-error -- it is no meta of this gateway
    ctx.presence.update({ typing: true });
    for (const { info } of ctx.presence.list('')) info.name.length;
  }

  @OnPresence('room:*', { once: true })
  changed(
    { joins, leaves }: PresenceDiff<Shown['info'], Shown['meta']>,
    room: string,
    namespace: string,
  ): number {
    return joins.length + leaves.length + room.length + namespace.length;
  }
}

@SocketNamespace('/plain', { presence: {} })
export class PlainGateway extends SocketGateway<DefaultEventsMap, Account> {
  @OnPresence()
  changed({ updates }: PresenceDiff): unknown {
    return updates[0]?.devices[0]?.meta;
  }
  // @ts-expect-error -- it is told of a room by its name
  @OnPresence()
  wrong(_diff: PresenceDiff, room: number): number {
    return room;
  }
}

// @ts-expect-error -- an id is a text or a number
SocketNamespace('/x', { presence: { of: () => ({ id: true }) } });
// @ts-expect-error -- milliseconds
SocketNamespace('/x', { presence: { grace: '5s' } });
