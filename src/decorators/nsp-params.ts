import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects all parameters of a dynamic namespace, by name. */
export function NspParams(...applied: []): HandlerParameterDecorator {
  return argument('@NspParams()', { from: 'nspParams' }, applied);
}
