import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects the rooms that the socket is in, as an array. */
export function SocketRooms(...applied: []): HandlerParameterDecorator {
  return argument('@SocketRooms()', { from: 'rooms' }, applied);
}
