import type { DefaultEventsMap, Socket } from 'socket.io';
import {
  ConnectedSocket,
  Errors,
  MessageBody,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from 'moleculer-socket-gateway';
import { ChatMessage, NewMessage, Person, Room, Seat, type ToPage } from './messages';

/** What a socket carries in its `data`. */
interface ChatData {
  seat?: Seat;
}
type ChatSocket = Socket<DefaultEventsMap, ToPage, DefaultEventsMap, ChatData>;

/** How many messages of a room are kept for those who come later. */
const HISTORY = 50;

@SocketNamespace('/chat', {
  sends: { message: [ChatMessage], people: [[Person]], typing: [String] },
  // A page to try the events at /explorer. In production it would need a guard.
  settings: { explorer: process.env.NODE_ENV !== 'production' && { title: 'Chat' } },
})
export class ChatGateway extends SocketGateway<ToPage> {
  /** The last messages of every room that somebody is in. */
  private readonly history = new Map<string, ChatMessage[]>();

  /** Takes a seat in a room, and leaves the one before. */
  @SocketEvent('join', { description: 'Takes a seat in a room, and leaves the one before.', returns: Room })
  async join(@MessageBody() seat: Seat, @ConnectedSocket() socket: ChatSocket) {
    await this.move(socket, seat);
    return { name: seat.name, room: seat.room, messages: this.history.get(seat.room) ?? [] };
  }

  /** Writes to everybody in the room. A message with a known id is written once. */
  @SocketEvent('message', { description: 'Writes to everybody in the room.', returns: ChatMessage })
  message(@MessageBody() { id, text }: NewMessage, @ConnectedSocket() socket: ChatSocket) {
    const seat = socket.data.seat;
    if (!seat) throw new Errors.ForbiddenError('NOT_IN_A_ROOM');

    const history = this.history.get(seat.room) ?? [];
    const known = history.find((message) => message.id === id);
    if (known) return known; // it is sent again because our answer got lost

    const message: ChatMessage = { id, from: seat.name, text, at: Date.now() };
    this.history.set(seat.room, [...history, message].slice(-HISTORY));
    socket.to(roomOf(seat)).emit('message', message);
    return message;
  }

  @SocketEvent()
  typing(@ConnectedSocket() socket: ChatSocket) {
    const seat = socket.data.seat;
    if (seat) socket.to(roomOf(seat)).volatile.emit('typing', seat.name);
  }

  @SocketEvent()
  async leave(@ConnectedSocket() socket: ChatSocket) {
    await this.move(socket, undefined);
  }

  @OnDisconnect()
  async gone(socket: ChatSocket) {
    await this.move(socket, undefined);
  }

  /** Takes somebody from one seat to another, or to none. */
  private async move(socket: ChatSocket, to: Seat | undefined) {
    const from = socket.data.seat;
    socket.data.seat = to;
    // Nothing is awaited up to here, nor between the two: who asks for two rooms at once ends up in one.
    await Promise.all([from && socket.leave(roomOf(from)), to && socket.join(roomOf(to))]);
    if (from) await this.showPeople(socket, from);
    if (to) await this.showPeople(socket, to);
  }

  /** Tells everybody in a room who is there. Socket.IO knows, on every node when it has an adapter for that. */
  private async showPeople(socket: ChatSocket, seat: Seat) {
    const sockets: { id: string; data: ChatData }[] = await socket.nsp.in(roomOf(seat)).fetchSockets();
    const people = sockets.flatMap(({ id, data }) => (data.seat ? [{ id, name: data.seat.name }] : []));
    socket.nsp.to(roomOf(seat)).emit('people', people);
    if (people.length === 0) this.history.delete(seat.room);
  }
}

/** Every socket is alone in a Socket.IO room named after its id: the prefix keeps people from joining that one. */
const roomOf = (seat: Seat) => `room:${seat.room}`;
