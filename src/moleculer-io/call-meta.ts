import type { SocketContext } from '../types';

type Meta = Record<string, unknown>;

const GIVEN_META = Symbol('given meta');

/** The context of a call, with the meta that `socketGetMeta` gave. */
interface WithGivenMeta {
  meta: Meta;
  [GIVEN_META]?: Meta;
}

/** Remembers the meta of a socket, before hooks of the service add to it. */
export function rememberMeta(ctx: SocketContext): void {
  const own: WithGivenMeta = ctx;
  own[GIVEN_META] = { ...own.meta };
}

/** Returns a copy of the meta of a socket, as moleculer-io shows it to hooks. */
export function metaOfSocket(ctx: SocketContext): Meta {
  return { ...givenMetaOf(ctx) };
}

/**
 * Sets the meta of a call: that of its options, with what hooks have changed in `ctx.meta`. Where a hook has changed both, the
 * options count.
 *
 * @param own the meta of the options
 */
export function setMeta(ctx: SocketContext, own: object | undefined): void {
  const { meta: current }: WithGivenMeta = ctx;
  const given = givenMetaOf(ctx);
  if (isSame(own as Meta | undefined, given)) return;
  const meta: Meta = { ...own };
  for (const key in current) {
    if (current[key] !== given[key] || !(key in given)) change(meta, given, key, current[key]);
  }
  for (const key in given) {
    if (key in current || !(key in meta) || meta[key] !== given[key]) continue;
    Reflect.deleteProperty(meta, key);
  }
  ctx.meta = meta as SocketContext['meta'];
}

/** Returns true if a hook has left the meta of the options alone, as nearly all do. */
function isSame(own: Meta | undefined, given: Meta): boolean {
  if (!own) return false;
  for (const key in own) if (own[key] !== given[key] || !(key in given)) return false;
  for (const key in given) if (!(key in own)) return false;
  return true;
}

function change(meta: Meta, given: Meta, key: string, value: unknown): void {
  if (!(key in meta) || meta[key] === given[key]) meta[key] = value;
}

// A copy of the context, with which Moleculer repeats a call, has forgotten it.
function givenMetaOf(ctx: WithGivenMeta): Meta {
  return ctx[GIVEN_META] ?? ctx.meta;
}
