import { inspect } from 'node:util';
import type { GuardPlan, StreamPlan } from '../../plan/plan';
import { RESERVED_EVENTS, STREAM_PREFIX } from '../../plan/reserved-events';
import { readActionStreams } from '../../plan/stream-options';

/** One event that an action asks for. */
export interface Exposure {
  readonly event: string;
  /** The paths of namespaces; undefined: all. */
  readonly namespaces: readonly string[] | undefined;
  readonly guard: GuardPlan | undefined;
  readonly streams: StreamPlan | undefined;
}

const KEYS = ['event', 'namespace', 'authorize', 'streams'];

/**
 * Reads what an action carries as `socket`. Whatever is not understood exposes nothing: a misspelt `authorize` must not
 * open an event.
 *
 * @param refuse is told what is wrong, and what to write instead
 */
export function readExposures(socket: unknown, refuse: (what: string) => void): Exposure[] {
  return (Array.isArray(socket) ? (socket as unknown[]) : [socket]).flatMap((one) => {
    const exposure = readExposure(typeof one === 'string' ? { event: one } : one, refuse);
    return exposure ?? [];
  });
}

function readExposure(given: unknown, refuse: (what: string) => void): Exposure | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    refuse(
      `its socket must be the name of an event, { event, namespace, authorize } or an array of these, not ${shown(given)}`,
    );
    return undefined;
  }
  const { event, namespace, authorize, streams } = given as Record<string, unknown>;
  const unknown = Object.keys(given).find((key) => !KEYS.includes(key));
  let wrongStreams: string | undefined;
  const streamPlan = readActionStreams(streams, 'its socket.streams', (what) => (wrongStreams ??= what));
  const mistake =
    unknown === undefined
      ? (wrongEvent(event) ?? wrongNamespace(namespace) ?? wrongRoles(authorize) ?? wrongStreams)
      : `its socket.${unknown} does not exist; there are ${KEYS.join(', ')}`;
  if (mistake !== undefined) {
    refuse(mistake);
    return undefined;
  }
  return {
    event: event as string,
    namespaces: namespace === undefined ? undefined : ([namespace].flat() as string[]),
    guard: guardOf(authorize as true | string | string[] | undefined),
    streams: streamPlan,
  };
}

function wrongEvent(event: unknown): string | undefined {
  if (typeof event !== 'string' || event === '')
    return `its socket.event must be the name of an event, not ${shown(event)}`;
  if (event === '*') return "its socket asks for '*', which is no event; name one";
  if (event.startsWith(STREAM_PREFIX))
    return `its socket asks for '${event}', which begins like the packets of streams; name another`;
  if (RESERVED_EVENTS.has(event))
    return `its socket asks for '${event}', an event of Socket.IO's own that no client can send; name another`;
  return undefined;
}

function wrongNamespace(namespace: unknown): string | undefined {
  if (namespace === undefined) return undefined;
  const paths = [namespace].flat();
  const right = paths.length > 0 && paths.every((path) => typeof path === 'string' && path.startsWith('/'));
  return right
    ? undefined
    : `its socket.namespace must be a path like '/orders', or an array of these, not ${shown(namespace)}`;
}

function wrongRoles(authorize: unknown): string | undefined {
  if (authorize === undefined || authorize === true) return undefined;
  const roles = [authorize].flat();
  const right = roles.length > 0 && roles.every((role) => typeof role === 'string' && role !== '');
  return right
    ? undefined
    : `its socket.authorize must be true (any user), a role or an array of roles, not ${shown(authorize)}`;
}

function guardOf(authorize: true | string | string[] | undefined): GuardPlan | undefined {
  if (authorize === undefined) return undefined;
  return { roles: authorize === true ? [] : [[authorize].flat()], policies: [] };
}

function shown(value: unknown): string {
  return inspect(value, { depth: 1, breakLength: Infinity });
}
