import type { SocketContext } from '../types';

type Meta = Record<string, unknown>;

/** The meta that `socketGetMeta` gave, by the context of the call. */
const given = new WeakMap<object, Meta>();

/** Remembers the meta of a socket, before hooks of the service add to it. */
export function rememberMeta(ctx: SocketContext): void {
  given.set(ctx, { ...ctx.meta });
}

/** Returns a copy of the meta of a socket, as moleculer-io shows it to hooks. */
export function metaOfSocket(ctx: SocketContext): Meta {
  return { ...(given.get(ctx) ?? ctx.meta) };
}

/**
 * Sets the meta of a call: that of its options, with what hooks have changed in `ctx.meta`. Where a hook has changed both, the
 * options count.
 *
 * @param own the meta of the options
 */
export function setMeta(ctx: SocketContext, own: object | undefined): void {
  const current: Meta = ctx.meta;
  const before = given.get(ctx) ?? {};
  const meta: Meta = { ...own };
  for (const key of new Set([...Object.keys(before), ...Object.keys(current)])) {
    const isChanged = key in before !== key in current || before[key] !== current[key];
    if (!isChanged || (key in meta && meta[key] !== before[key])) continue;
    if (key in current) meta[key] = current[key];
    else Reflect.deleteProperty(meta, key);
  }
  ctx.meta = meta as SocketContext['meta'];
}
