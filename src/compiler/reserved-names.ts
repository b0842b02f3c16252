import { Service } from 'moleculer';
import { existingRecord } from '../metadata/storage';
import type { MemberDeclaration, RoleFact } from './inherit-facts';
import type { Problems } from './problems';

/** The methods of a service's life, which Moleculer calls. */
export const LIFECYCLE = ['merged', 'created', 'started', 'stopped'] as const;

/** The members that Moleculer and the gateway keep on a service under these names. */
const PROPERTIES = new Set(
  'name fullName version settings metadata dependencies schema originalSchema broker actions events logger Promise io namespaces'.split(
    ' ',
  ),
);

/** The methods that a gateway has only if its class writes them. Its other methods are on the prototype of `SocketGateway`. */
const CALLED_BY_GATEWAY = new Set(
  'reformatError socketAuthorize socketSaveMeta socketOnError socketJoinRooms socketLeaveRoom checkOrigin'.split(
    ' ',
  ),
);

/** Returns true if Moleculer has a method of this name that services need unchanged. */
export function isMethodOfMoleculer(name: string): boolean {
  // Methods that say how a part of the schema is merged are meant to be written, and schemas may be parsed in other ways.
  const isOverridable =
    name === 'constructor' || name === 'parseServiceSchema' || name.startsWith('mergeSchema');
  return Object.hasOwn(Service.prototype, name) && !isOverridable;
}

/** Returns true if every service has a property of this name. */
export function isPropertyOfService(name: string): boolean {
  return PROPERTIES.has(name);
}

/**
 * Reports members whose names mean something else to Moleculer or to the gateway: a decorated member would be called
 * without an event, an undecorated one would replace a method that services need.
 */
export function checkNames(
  members: readonly MemberDeclaration[],
  prototypes: readonly object[],
  problems: Problems,
): void {
  const callerOf = callers(prototypes);
  const decorated = new Set<string>();
  for (const { name, roles } of members) {
    const [role] = roles;
    if (!role) continue;
    decorated.add(name);
    const caller = callerOf(name);
    if (caller && !(name === 'socketAuthorize' && role.kind === 'authenticate'))
      problems.add(name, `${caller} calls '${name}' by itself; ${cureOf(name, role)}`);
  }
  for (const [name, cure] of partsOf(prototypes)) {
    const caller = callerOf(name);
    if (!caller || decorated.has(name)) continue;
    decorated.add(name);
    problems.add(name, `${caller} calls '${name}' by itself; give the method another name: ${cure}`);
  }
  for (const name of new Set(prototypes.flatMap((prototype) => Object.getOwnPropertyNames(prototype)))) {
    if (decorated.has(name) || !isMethodOfMoleculer(name)) continue;
    problems.add(
      name,
      `'${name}' replaces a method of Moleculer's that every service needs; give it another name`,
    );
  }
}

/** Returns the methods under `@Action` and `@Event` of moleculer-decorators, each with what to write if its name is taken. */
function partsOf(prototypes: readonly object[]): [name: string, cure: string][] {
  return prototypes.flatMap((prototype) =>
    (['actions', 'events'] as const).flatMap((part) =>
      Object.entries(existingRecord(prototype)?.parts[part] ?? {}).map(
        ([member, definition]): [string, string] => {
          const { name = member } = Object(definition) as { name?: unknown };
          const full = typeof definition === 'function' ? member : String(name);
          const decorator = part === 'actions' ? '@Action' : '@Event';
          return [member, `${decorator}({ name: '${full}' }) ${methodFor(full)}() { … }`];
        },
      ),
    ),
  );
}

/** Returns a function that says what calls a method of a given name: undefined if nothing does. */
function callers(prototypes: readonly object[]): (name: string) => string | undefined {
  const [oldest] = prototypes;
  const gateway = oldest && (Object.getPrototypeOf(oldest) as object);
  return (name) => {
    if ((LIFECYCLE as readonly string[]).includes(name) || Object.hasOwn(Service.prototype, name))
      return 'Moleculer';
    if (name.startsWith('mergeSchema')) return 'Moleculer';
    return CALLED_BY_GATEWAY.has(name) || (gateway && Object.hasOwn(gateway, name))
      ? 'the gateway'
      : undefined;
  };
}

/** Returns the cure: what to write instead. */
function cureOf(name: string, role: RoleFact): string {
  const { decorator, member } = exampleOf(name, role);
  const what = role.kind === 'event' && role.on === 'property' ? 'property' : 'method';
  const keeps = role.kind === 'event' || role.kind === 'forward' ? ', and keep the event' : '';
  return `give the ${what} another name${keeps}: ${decorator} ${member}${what === 'method' ? '() { … }' : '!: ActionProxy'}`;
}

function exampleOf(name: string, role: RoleFact): { decorator: string; member: string } {
  if (role.kind === 'event' || role.kind === 'forward') {
    const [event = name] = (role.kind === 'event' ? role.names : role.events) ?? [];
    const decorator = role.kind === 'event' ? '@SocketEvent' : '@ForwardEvent';
    const others = role.kind === 'event' && role.on === 'property' ? ', { … }' : '';
    return { decorator: `${decorator}('${String(event)}'${others})`, member: methodFor(String(event)) };
  }
  return {
    decorator: role.kind === 'authenticate' ? '@Authenticate()' : role.decorator,
    member: methodFor(name),
  };
}

// `task.started` is `onTaskStarted`.
function methodFor(event: string): string {
  const words = event.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  return `on${words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'Event'}`;
}
