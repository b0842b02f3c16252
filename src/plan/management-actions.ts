import type { ServiceSchema } from 'moleculer';
import type { ParamRules } from './param-rules';

/** The names of the actions that every gateway has for other services. */
export const MANAGEMENT_ACTIONS = [
  'broadcast',
  'getClients',
  'joinRooms',
  'leaveRooms',
  'disconnect',
  'request',
  'listEvents',
  'contract',
  'drain',
  'health',
] as const;

/** The names of the actions of a gateway with the option `presence`. */
export const PRESENCE_ACTIONS = ['listPresence', 'countPresence'] as const;

export type ManagementAction = (typeof MANAGEMENT_ACTIONS)[number] | (typeof PRESENCE_ACTIONS)[number];

const optional = { optional: true } as const;
const name = { type: 'string', empty: false } as const;
const names = [name, { type: 'array', items: name }] as const;
const namespace = { ...name, ...optional };
const args = { type: 'array', ...optional } as const;
const flag = { type: 'boolean', ...optional } as const;
const time = { type: 'number', min: 0, ...optional } as const;
const user = [
  { ...name, ...optional },
  { type: 'number', ...optional },
] as const;
/** The room with an empty name is the namespace itself. */
const presence = { namespace, room: { type: 'string', ...optional }, user } as const;
const someNames = names.map((rule) => ({ ...rule, ...optional }));

/** The params of the actions. */
export const MANAGEMENT_PARAMS: Readonly<Record<ManagementAction, ParamRules>> = {
  broadcast: {
    event: name,
    args,
    namespace,
    rooms: someNames,
    except: someNames,
    volatile: flag,
    local: flag,
  },
  getClients: { namespace, room: { ...name, ...optional } },
  joinRooms: { namespace, socketIds: someNames, rooms: someNames, join: names },
  leaveRooms: { namespace, socketIds: someNames, rooms: someNames, leave: names },
  disconnect: {
    namespace,
    socketIds: someNames,
    rooms: someNames,
    user,
    close: flag,
  },
  request: {
    namespace,
    socketId: name,
    event: name,
    args,
    timeout: { type: 'number', positive: true, ...optional },
  },
  listEvents: { namespace },
  contract: { namespace },
  drain: { window: time, grace: time },
  health: {},
  listPresence: presence,
  countPresence: presence,
};

/** Actions that only services on the same node can call. */
const PROTECTED = new Set<ManagementAction>(['drain']);

/**
 * Returns the definitions of the actions, with the handlers of the runtime.
 *
 * @param visibility of all but `drain`. `'public'`: for services, and not for clients of moleculer-web
 * @param actions the names of the actions that the gateway has
 */
export function managementActions(
  handlers: Readonly<Record<ManagementAction, unknown>>,
  visibility: 'public' | 'published',
  actions: readonly ManagementAction[] = MANAGEMENT_ACTIONS,
): ServiceSchema['actions'] {
  return Object.fromEntries(
    actions.map((action) => [
      action,
      // The setting `$cache` would answer a second broadcast from the cache.
      {
        params: MANAGEMENT_PARAMS[action],
        visibility: PROTECTED.has(action) ? 'protected' : visibility,
        cache: false,
        managesGateway: true,
        handler: handlers[action],
      },
    ]),
  ) as ServiceSchema['actions'];
}
