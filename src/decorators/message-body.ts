import { argument, type HandlerParameterDecorator } from './record-argument';

/**
 * Injects an argument of the event. Its declared class is what class-transformer makes of it and class-validator
 * checks; `String`, `Number` and `Boolean` are type-checked; a type that says nothing passes as it came.
 *
 * @param index which argument, from 0; default 0, the same as `ctx.params`
 * @example
 * @SocketEvent('message')
 * send(@MessageBody() message: NewMessage) { … }
 */
export function MessageBody(index = 0): HandlerParameterDecorator {
  return argument('@MessageBody()', { from: 'body', index });
}
