import { argument, type HandlerParameterDecorator } from './record-argument';

/**
 * Injects `ctx.meta`, or one value of it.
 *
 * @param key which value; without one, the whole meta
 */
export function Meta(key?: string): HandlerParameterDecorator {
  return argument('@Meta()', key === undefined ? { from: 'meta' } : { from: 'meta', key });
}
