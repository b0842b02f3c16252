import { argument, type HandlerParameterDecorator } from './record-argument';

/** Injects the user: `ctx.meta.user`. */
export function User(...applied: []): HandlerParameterDecorator {
  return argument('@User()', { from: 'user' }, applied);
}
