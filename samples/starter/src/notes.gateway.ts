import {
  Authenticate,
  Authorize,
  ConnectedSocket,
  Errors,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  User,
} from 'moleculer-socket-gateway';
import type { Socket } from 'socket.io';
import { NewNote, Note, type Account, type ToClient } from './notes';

/** Notes that everybody who is logged in sees at once. */
@SocketNamespace('/notes', { sends: { note: [Note] } })
@Authorize()
export class NotesGateway extends SocketGateway<ToClient, Account> {
  /** Replace it by the check of a token: `this.broker.call('accounts.verify', { token })`. */
  @Authenticate({ room: ({ id }: Account) => `user:${id}` })
  authenticate(socket: Socket): Account {
    const { name } = socket.handshake.auth as { name?: unknown };
    if (typeof name !== 'string' || !/^\w{1,50}$/.test(name)) throw new Errors.UnAuthorizedError('NO_NAME');
    return { id: name };
  }

  @SocketEvent('write', { description: 'Writes a note to everybody.', returns: Note })
  write(@MessageBody() { text }: NewNote, @User() { id }: Account, @ConnectedSocket() socket: Socket): Note {
    const note = { text, from: id, at: Date.now() };
    socket.broadcast.emit('note', note);
    return note;
  }
}
