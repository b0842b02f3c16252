import { createHash } from 'node:crypto';
import type { Context } from 'moleculer';
import {
  ConnectedSocket,
  Ctx,
  Errors,
  ForwardEvent,
  MessageBody,
  OnPresence,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  User,
  type GatewaySocket,
  type PresenceDiff,
  type SocketContext,
} from 'moleculer-socket-gateway';
import { ChatMessage, NewMessage, Person, Room, Seat, type Said, type ToPage } from './messages';

type Visitor = Person | undefined;
type ChatContext = SocketContext<unknown, object, ToPage, Visitor>;
type ChatSocket = GatewaySocket<ToPage, Visitor>;

/** How many messages of a room are kept for those who come later. */
const HISTORY = 50;

@SocketNamespace('/chat', {
  sends: { message: [ChatMessage], typing: [Person] },
  // The people in a room, on all nodes, are sent to everybody in it.
  presence: { of: ({ id, name }: Person) => ({ id, name }), rooms: 'room:*' },
  // A client that was cut off keeps its seat, and gets what it has missed.
  settings: {
    io: { options: { connectionStateRecovery: {} } },
    // A page to try the events at /explorer. In production it would need a guard.
    explorer: process.env.NODE_ENV !== 'production' && { title: 'Chat' },
  },
})
export class ChatGateway extends SocketGateway<ToPage, Visitor, { info: { name: string } }> {
  /** The last messages of every room that somebody is in. */
  private readonly history = new Map<string, ChatMessage[]>();

  /** Takes a seat in a room, and leaves the one before. */
  @SocketEvent('join', { description: 'Takes a seat in a room, and leaves the one before.', returns: Room })
  async join(@MessageBody() { name, room, key }: Seat, @Ctx() { meta, socket }: ChatContext) {
    const to = `room:${room}`;
    const id = idOf(key ?? socket.id);
    meta.user = { id, name };
    const others = roomsOf(socket).filter((other) => other !== to);
    await Promise.all([socket.join(to), ...others.map((other) => socket.leave(other))]);
    return { id, name, room, messages: this.history.get(to) ?? [] };
  }

  /** Writes to everybody in the room. A message with a known id is written once. */
  @SocketEvent('message', { description: 'Writes to everybody in the room.', returns: ChatMessage })
  async message(
    @MessageBody() { id, text }: NewMessage,
    @ConnectedSocket() socket: ChatSocket,
    @User() user: Visitor,
  ) {
    const [room] = roomsOf(socket);
    if (!user || !room) throw new Errors.ForbiddenError('NOT_IN_A_ROOM');

    const known = this.history.get(room)?.find((message) => message.id === id);
    if (known) return known; // it is sent again because our answer got lost

    const message: ChatMessage = { id, by: user.id, from: user.name, text, at: Date.now() };
    const said: Said = { room, message, socketId: socket.id };
    await this.broker.broadcast('chat.said', said);
    return message;
  }

  /** Remembers a message on every node, and sends it to the others in the room. */
  @ForwardEvent<Said>('chat.said', {
    as: 'message',
    rooms: ({ params }) => params.room,
    except: ({ params }) => params.socketId,
  })
  said({ params: { room, message } }: Context<Said>) {
    this.history.set(room, [...(this.history.get(room) ?? []), message].slice(-HISTORY));
    return message;
  }

  @SocketEvent()
  typing(@ConnectedSocket() socket: ChatSocket, @User() user: Visitor) {
    const [room] = roomsOf(socket);
    if (user && room) socket.to(room).volatile.emit('typing', user);
  }

  @SocketEvent()
  async leave(@ConnectedSocket() socket: ChatSocket) {
    for (const room of roomsOf(socket)) await socket.leave(room);
  }

  /** Forgets what was said in a room when nobody is left, on whatever node. */
  @OnPresence('room:*')
  emptied({ leaves }: PresenceDiff, room: string) {
    if (leaves.length > 0 && this.presence.list({ room }).length === 0) this.history.delete(room);
  }
}

/** Returns the id of a person, which everybody may see. The key of that person cannot be told from it. */
const idOf = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 16);

/** The rooms of the chat that a client is in: one, but while it moves. */
function roomsOf({ rooms }: ChatSocket): string[] {
  return [...rooms].filter((room) => room.startsWith('room:'));
}
