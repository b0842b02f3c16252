import type { AckFunction } from '../types';
import { argument, type HandlerParameterDecorator } from './record-argument';

/** The type of an injected ack. */
export type Ack = AckFunction;

/** Injects the ack: the handler answers by itself, once. Where the client asked for no answer, calling it does nothing. */
export function Ack(...applied: []): HandlerParameterDecorator {
  return argument('@Ack()', { from: 'ack' }, applied);
}
