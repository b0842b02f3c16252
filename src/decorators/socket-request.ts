import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects the HTTP request of the handshake. */
export function SocketRequest(...applied: []): HandlerParameterDecorator {
  return argument('@SocketRequest()', { from: 'request' }, applied);
}
