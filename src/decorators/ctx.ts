import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects the `SocketContext` of the event. */
export function Ctx(): HandlerParameterDecorator {
  return argument('@Ctx()', { from: 'context' });
}
