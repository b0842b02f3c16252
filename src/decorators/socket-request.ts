import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects the HTTP request of the handshake. */
export function SocketRequest(): HandlerParameterDecorator {
  return argument('@SocketRequest()', { from: 'request' });
}
