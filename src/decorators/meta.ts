import { argument, type HandlerParameterDecorator } from './record-argument';

/**
 * Injects `ctx.meta`, or one value of it.
 *
 * @param key which value; without one, the whole meta
 */
export function Meta(key?: string, ...applied: []): HandlerParameterDecorator {
  const source = key === undefined ? ({ from: 'meta' } as const) : ({ from: 'meta', key } as const);
  return argument('@Meta()', source, [key, ...applied]);
}
