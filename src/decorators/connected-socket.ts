import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects the socket that sent the event; undefined where the action was called without one. */
export function ConnectedSocket(...applied: []): HandlerParameterDecorator {
  return argument('@ConnectedSocket()', { from: 'socket' }, applied);
}
