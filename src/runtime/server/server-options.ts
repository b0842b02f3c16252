import { inspect, isDeepStrictEqual } from 'node:util';
import type { Server, ServerOptions } from 'socket.io';
import { patternKeyOf, identify } from '../../plan/paths';
import { problemOfDrain, problemOfReadiness } from '../../plan/drain-settings';
import type { PathPlan } from '../../plan/plan';
import { DeclarationError } from '../../errors';
import type { ServerSettings } from '../../types';
import { boundedDelay } from '../errors/bounded-delay';
import { moleculerAdapter } from '../cluster/moleculer-adapter';
import { LocalRecoveryAdapter } from '../cluster/recovering-adapter';
import type { Gateway } from '../model';
import { safeAdapterClass } from '../socket-io/safe-adapter';
import { corsOptions, guardHandshake } from './origin-guard';

/** The merged options of all gateways of a server. */
export type CombinedOptions = Pick<
  ServerSettings,
  'backlog' | 'https' | 'cors' | 'recovery' | 'readiness'
> & {
  io: Partial<ServerOptions>;
  adapter?: NonNullable<ServerSettings['io']>['adapter'];
};

type Adapter = NonNullable<ServerOptions['adapter']>;

/**
 * Checks that each namespace belongs to one gateway.
 *
 * @throws DeclarationError that names both
 */
export function checkNamespaces(gateways: readonly Gateway[]): void {
  const owners = new Map<string, Gateway>();
  for (const gateway of gateways) {
    for (const path of gateway.plan.paths) {
      const owner = owners.get(patternKeyOf(path));
      if (owner) throw taken(gateway, path, owner);
      owners.set(patternKeyOf(path), gateway);
    }
  }
}

/**
 * Brings the options of all gateways together; each option is one for the whole server.
 *
 * @throws DeclarationError that names two who want different things
 */
export function combineOptions(gateways: readonly Gateway[]): CombinedOptions {
  const combined = new Map<string, { value: unknown; by: string }>();
  for (const gateway of gateways) {
    const { backlog, https, cors, io, recovery, readiness, drain } = gateway.server;
    checkRecovery(gateway, recovery);
    checkBacklog(gateway, backlog);
    checkAdapterSetting(gateway, io?.adapter);
    for (const problem of [problemOfDrain(drain), problemOfReadiness(readiness, io?.options?.path)])
      if (problem !== undefined) throw contradiction(gateway, problem);
    const wanted: Record<string, unknown> = {
      backlog,
      https,
      cors,
      recovery,
      readiness,
      'io.adapter': io?.adapter,
    };
    for (const [key, value] of Object.entries(io?.options ?? {})) wanted[`io.options.${key}`] = value;
    for (const [key, value] of Object.entries(wanted)) {
      if (value === undefined) continue;
      const first = combined.get(key) ?? { value, by: gateway.plan.className };
      if (!isDeepStrictEqual(first.value, value)) {
        throw contradiction(
          gateway,
          `its setting ${key} differs from that of ${first.by}, which shares its server; ` +
            'give both the same, or give it to one of them only',
        );
      }
      combined.set(key, first);
    }
  }
  const options: CombinedOptions = { io: {} };
  for (const [key, { value }] of combined) {
    const name = key.replace('io.options.', '');
    Object.assign(name === key ? options : options.io, { [name.replace('io.', '')]: value });
  }
  return options;
}

function checkAdapterSetting(gateway: Gateway, adapter: unknown): void {
  if (adapter === undefined || adapter === 'local' || adapter === 'moleculer') return;
  const cure = typeof adapter === 'function' ? '; an adapter is given in settings.io.options.adapter' : '';
  throw contradiction(
    gateway,
    `settings.io.adapter must be 'moleculer' or 'local', not ${inspect(adapter, { depth: 0 })}${cure}`,
  );
}

function checkBacklog(gateway: Gateway, backlog: unknown): void {
  if (backlog === undefined || (Number.isInteger(backlog) && (backlog as number) > 0)) return;
  throw contradiction(
    gateway,
    `settings.backlog must be a whole number above 0, not ${inspect(backlog)}: { backlog: 4096 }`,
  );
}

function checkRecovery(gateway: Gateway, recovery: unknown): void {
  if (recovery === undefined) return;
  const { maxBytes, ...others } = Object(recovery) as { maxBytes?: unknown };
  const isObject = typeof recovery === 'object' && recovery !== null && Object.keys(others).length === 0;
  if (isObject && (maxBytes === undefined || (typeof maxBytes === 'number' && maxBytes >= 0))) return;
  throw contradiction(
    gateway,
    `settings.recovery must be an object with a number of bytes from 0, not ${inspect(recovery)}: { maxBytes: 32 * 1024 * 1024 }`,
  );
}

/** Returns the options of the Socket.IO server. */
export function socketOptions(
  { cors, io, adapter: setting }: CombinedOptions,
  gateways: readonly Gateway[],
): Partial<ServerOptions> {
  const guardedCors = cors ?? io.cors;
  const longest = Math.max(...gateways.map(({ plan }) => plan.limits.handshakeTimeout));
  const timeoutMs = Number.isFinite(longest) ? boundedDelay(longest) : Infinity;
  const report = gateways[0]?.report ?? (() => undefined);
  const { adapter, ...given } = io;
  const isClustered = setting !== 'local' && gateways.some(({ broker }) => broker.transit);
  return {
    // A little more than ours, so that the client is told why.
    ...(Number.isFinite(timeoutMs) && { connectTimeout: boundedDelay(timeoutMs + 1000) }),
    ...given,
    ...(adapter && !connectsFirst(adapter) && { adapter: safeAdapterClass(adapter, report) }),
    ...(!adapter && isClustered && { adapter: moleculerAdapter() }),
    ...(!adapter && !isClustered && io.connectionStateRecovery && { adapter: LocalRecoveryAdapter }),
    cors: corsOptions(guardedCors, timeoutMs, report),
    allowRequest: guardHandshake(guardedCors, io.allowRequest, timeoutMs, report),
    // It takes children away from under clients that are still authenticating; see child-namespace.ts.
    cleanupEmptyChildNamespaces: false,
  };
}

/** Connects an adapter that is a function which takes nothing, connects first, and then gives the adapter. */
export async function connectAdapter(io: Server, adapter: unknown): Promise<void> {
  if (connectsFirst(adapter)) io.adapter((await adapter()) as Adapter);
}

/** Returns true for a function that connects first. An adapter itself takes a namespace, as a class or as a function. */
function connectsFirst(adapter: unknown): adapter is () => unknown {
  return typeof adapter === 'function' && adapter.length === 0 && !isClass(adapter);
}

/** Returns true for a class, also one that was compiled to a function: it extends another, or has methods. */
function isClass({ prototype }: { prototype?: unknown }): boolean {
  if (typeof prototype !== 'object' || prototype === null) return false;
  return (
    Object.getPrototypeOf(prototype) !== Object.prototype || Object.getOwnPropertyNames(prototype).length > 1
  );
}

/** Returns the error for a namespace that belongs to another gateway. */
export function taken(gateway: Gateway, path: PathPlan, owner: Gateway): DeclarationError {
  return contradiction(
    gateway,
    `the namespace ${identify(path)} of '${gateway.service.fullName}' belongs to ${owner.plan.className} ` +
      `('${owner.service.fullName}') on the same server; give one of them another path, or another port`,
  );
}

/** Returns the error of two gateways on one server that contradict each other. */
export function contradiction({ plan }: Gateway, what: string): DeclarationError {
  return new DeclarationError(plan.className, [{ where: plan.className, what }]);
}
