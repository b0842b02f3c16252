import type { ActionHandler, Context, Service, ServiceSchema } from 'moleculer';
import { checkParams, type ParamRules } from './check-params';

/** The names of the actions that every gateway has for other services. */
export const MANAGEMENT_ACTIONS = [
  'broadcast',
  'getClients',
  'joinRooms',
  'leaveRooms',
  'disconnect',
  'request',
  'listEvents',
] as const;
/** The handler of an action. Its params have been checked. */
type Handler = (this: Service, ctx: Context<never>) => unknown;

export type ManagementAction = (typeof MANAGEMENT_ACTIONS)[number];

const optional = { optional: true } as const;
const name = { type: 'string', empty: false } as const;
const names = [name, { type: 'array', items: name }] as const;
const namespace = { ...name, ...optional };
const args = { type: 'array', ...optional } as const;
const flag = { type: 'boolean', ...optional } as const;
const someNames = names.map((rule) => ({ ...rule, ...optional }));

/** What the actions accept. */
const PARAMS: Readonly<Record<ManagementAction, ParamRules>> = {
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
    user: [
      { ...name, ...optional },
      { type: 'number', ...optional },
    ],
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
};

/**
 * The definitions of the actions, with the handlers of the runtime.
 *
 * @param visibility `'public'`: for services, and not for clients of moleculer-web
 */
export function managementActions(
  handlers: Readonly<Record<ManagementAction, Handler>>,
  visibility: 'public' | 'published',
): ServiceSchema['actions'] {
  return Object.fromEntries(
    MANAGEMENT_ACTIONS.map((action) => [
      action,
      {
        params: PARAMS[action],
        visibility,
        managesGateway: true,
        handler: checked(PARAMS[action], handlers[action]),
      },
    ]),
  ) as ServiceSchema['actions'];
}

function checked(rules: ParamRules, handler: Handler): ActionHandler {
  return function (this: Service, ctx: Context) {
    ctx.params = checkParams(rules, ctx.params);
    return handler.call(this, ctx as Context<never>);
  };
}
