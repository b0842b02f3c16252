import { nameOfPath, servesName, withSlash } from '../../plan/paths';
import type { GuardPlan, PathPlan, ProxyPlan } from '../../plan/plan';
import { NotFoundError } from '../../errors';
import { printable } from '../../plan/printable';
import type { ListedEvent } from '../../types';
import { listedPayload, listedType } from './listed-type';
import { plainData } from './plain-data';
import type { BoundEvent, Gateway } from '../model';
import { endpointsOf } from '../moleculer/internals';

/**
 * Returns the events that clients may send to the namespaces of a gateway, and the members that answer them. The list can
 * be serialized: it holds no functions and no call options.
 *
 * @param namespace a name, or a path as it was written; undefined: all
 * @throws NotFoundError 404 if the gateway has no such namespace
 */
export function listEvents(gateways: readonly Gateway[], namespace: string | undefined): ListedEvent[] {
  // By what they say: an event that several namespaces have is told once.
  const listed = new Map<string, ListedEvent>();
  let found = namespace === undefined;
  for (const gateway of gateways) {
    for (const path of pathsOf(gateway, namespace)) {
      found = true;
      listPath(gateway, nameOfPath(path), listed);
    }
  }
  if (!found) throw unknownNamespace(namespace);
  return [...listed.values()];
}

/**
 * Returns the paths that a gateway serves now: it may have been given more, and some may be gone.
 *
 * @param namespace a name, or a path as it was written; undefined: all
 */
export function pathsOf({ plan, namespaces }: Gateway, namespace: string | undefined): PathPlan[] {
  const dynamic = plan.paths.filter((path) => path.kind === 'dynamic');
  const literal = [...namespaces.keys()].filter((name) => !dynamic.some((path) => matches(path, name)));
  const paths = [...literal.map((name) => ({ kind: 'literal', name }) as const), ...dynamic];
  return namespace === undefined ? paths : paths.filter((path) => matches(path, withSlash(namespace)));
}

/** Returns the error of an action that is asked for a namespace that the gateways do not have. */
export function unknownNamespace(namespace: unknown): NotFoundError {
  return new NotFoundError('NAMESPACE_NOT_FOUND', { namespace: printable(String(namespace)) });
}

function matches(path: PathPlan, name: string): boolean {
  return nameOfPath(path) === name || servesName(path, name);
}

function listPath(gateway: Gateway, path: string, listed: Map<string, ListedEvent>): void {
  const events = gateway.exposed?.eventsOf(path) ?? gateway.events;
  const clientEvents = [...events.values(), ...(gateway.catchAll ? [gateway.catchAll] : [])];
  const sent = gateway.plan.presence?.notify ? [PRESENCE] : [];
  for (const entry of [...clientEvents.map((event) => describeEvent(gateway, event)), ...sent]) {
    const key = JSON.stringify(entry);
    const known = listed.get(key);
    if (known) known.namespaces.push(path);
    else listed.set(key, { ...entry, namespaces: [path] });
  }
}

/** The event that clients get because of the option `presence`. */
const PRESENCE: ListedEvent = {
  event: 'presence',
  namespaces: [],
  kind: 'presence',
  description: 'Sent to clients: who is in the rooms that they are in, and what changes.',
};

function describeEvent(gateway: Gateway, { plan, action }: BoundEvent): ListedEvent {
  const { name, target, guard, description, deprecated } = plan;
  const entry: ListedEvent = { event: name, namespaces: [], kind: target.kind };
  if (target.kind === 'handler') {
    Object.assign(entry, actionParts(action, target.action['params']));
    if (target.bodies.length > 0) entry.payload = listedPayload(target.bodies);
    if (target.returns) entry.returns = listedType(target.returns);
    if (target.unchecked.length > 0) entry.unchecked = [...target.unchecked];
  } else if (target.kind === 'action') {
    const [endpoint] = endpointsOf(gateway.broker, target.action);
    Object.assign(entry, actionParts(target.action, endpoint?.action.params));
  } else if (target.kind === 'proxy') {
    entry.calls = callsOf(target);
  }
  if (description !== undefined) entry.description = description;
  if (deprecated !== undefined) entry.deprecated = deprecated;
  if (guard) entry.authorize = authorizeOf(guard);
  return entry;
}

function actionParts(action: string, params: unknown): Pick<ListedEvent, 'action' | 'params'> {
  return { action, ...(params !== undefined && params !== null && { params: plainData(params) }) };
}

function authorizeOf({ roles, policies }: GuardPlan): NonNullable<ListedEvent['authorize']> {
  return { roles: roles.map((oneOf) => [...oneOf]), policies: policies.length };
}

function callsOf({ options, aliases, aliasesOnly, multi }: ProxyPlan): NonNullable<ListedEvent['calls']> {
  return {
    mappingPolicy: aliasesOnly ? 'restrict' : 'all',
    ...(options.whitelist && { whitelist: options.whitelist.map(String) }),
    ...(options.blacklist && { blacklist: options.blacklist.map(String) }),
    ...(aliases.size > 0 && { aliases: Object.fromEntries(aliases) }),
    multi,
  };
}
