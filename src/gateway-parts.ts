/*
 * All that a gateway needs of the compiler and of the runtime. `SocketGateway` loads it with the first gateway.
 */

export { compileGateway, planOf } from './compiler/compile-gateway';
export { isWrappedByService } from './compiler/compile-service';
export { completePlan } from './compiler/complete-plan';
export { toServiceSchema } from './compiler/service/service-schema';
export { MANAGEMENT_ACTIONS, managementActions, PRESENCE_ACTIONS } from './plan/management-actions';
export { withSlash } from './plan/paths';
export { serverSettings } from './plan/server-settings';
export { runHandler } from './runtime/event/run-handler';
export { drainService } from './runtime/drain/drain-gateways';
export {
  initSocketIO,
  lifecycleOf,
  registerNamespace,
  removeNamespace,
} from './runtime/gateway/gateway-lifecycle';
export { gatewaysOf } from './runtime/gateways-of';
export { presenceOf } from './runtime/presence-of';
export { FORWARD_HANDLERS } from './runtime/push/forward-event';
export { MANAGEMENT_HANDLERS } from './runtime/push/manage-gateway';
export { socketGetMeta } from './runtime/user/socket-methods';
export { setUser } from './runtime/user/socket-user';
