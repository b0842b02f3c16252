import type { ActionPlan } from '../../plan/plan';
import { NotFoundError } from '../../errors';
import { NAMES_NOTHING, type NamesAction } from '../../plan/named-services';
import { printable } from '../../plan/printable';
import type { SocketContext } from '../../types';
import { callOptions, isOpen, type ProxiedCall } from './call-action';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { endpointsOf, nextEndpoint, type CallableEndpoint } from '../moleculer/internals';

/**
 * Finds the node that an exposed action is called on.
 *
 * @throws NotFoundError 404 `EVENT_NOT_FOUND` if nobody has the action any more, or none that clients may see
 * @throws ServiceNotAvailableError 404 if all that have it are cut off
 */
export function resolveExposed(gateway: GatewayRuntime, target: ActionPlan, ctx: SocketContext): ProxiedCall {
  const { action } = target;
  if (endpointsOf(gateway.broker, action).length === 0) throw gone(ctx);
  const options = callOptions(gateway, target.options, ctx);
  const endpoint = nextEndpoint(gateway.broker, action, options, ctx);
  if (!isExposable(endpoint, gateway.plan.autoExpose?.names ?? NAMES_NOTHING)) throw gone(ctx);
  options.nodeID = endpoint.id;
  return { action, endpoint, options };
}

/** Whether clients may see the action, as it is on this node. */
export function isExposable(endpoint: CallableEndpoint, names: NamesAction): boolean {
  return !endpoint.action.managesGateway && isOpen(endpoint, names);
}

/** The event is what a client knows of it. */
function gone(ctx: SocketContext): Error {
  return new NotFoundError('EVENT_NOT_FOUND', { event: printable(ctx.event) });
}
