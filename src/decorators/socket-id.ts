import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects the id of the socket. */
export function SocketId(...applied: []): HandlerParameterDecorator {
  return argument('@SocketId()', { from: 'socketId' }, applied);
}
