import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects the `SocketContext` of the event. */
export function Ctx(...applied: []): HandlerParameterDecorator {
  return argument('@Ctx()', { from: 'context' }, applied);
}
