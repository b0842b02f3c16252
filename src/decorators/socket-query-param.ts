import { argument, type HandlerParameterDecorator } from './record-argument';

/**
 * Injects a parameter of the handshake's query: `socket.handshake.query[name]`.
 *
 * @param name the name of it
 */
export function SocketQueryParam(name: string, ...applied: []): HandlerParameterDecorator {
  return argument('@SocketQueryParam()', { from: 'query', name }, [name, ...applied]);
}
