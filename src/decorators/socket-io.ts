import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects the Socket.IO server. */
export function SocketIO(...applied: []): HandlerParameterDecorator {
  return argument('@SocketIO()', { from: 'io' }, applied);
}
