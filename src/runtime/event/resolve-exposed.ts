import type { ActionPlan } from '../../plan/plan';
import { NotFoundError } from '../../errors';
import { NAMES_NOTHING, type NamesAction } from '../../plan/named-services';
import { printable } from '../../plan/printable';
import type { SocketContext } from '../../types';
import { callOptions, isOpen, type ProxiedCall } from './call-action';
import type { Gateway } from '../model';
import { endpointsOf, nextEndpoint, type CallableEndpoint } from '../moleculer/internals';

/**
 * Returns the call of an exposed action, with the node that it goes to.
 *
 * @param requested the action that is asked for, where hooks may have replaced it: no other one can be called
 * @throws NotFoundError 404 `EVENT_NOT_FOUND` if no node has the action any more, or clients may not see it
 * @throws ServiceNotAvailableError 404 if the circuit breaker is open for all nodes that have it
 */
export function resolveExposed(
  gateway: Gateway,
  target: ActionPlan,
  ctx: SocketContext,
  requested = target.action,
): ProxiedCall {
  const { action } = target;
  if (requested !== action || endpointsOf(gateway.broker, action).length === 0) throw gone(ctx);
  const options = callOptions(gateway, target.options, ctx);
  const endpoint = nextEndpoint(gateway.broker, action, options, ctx);
  if (!isExposable(endpoint, gateway.plan.autoExpose?.names ?? NAMES_NOTHING)) throw gone(ctx);
  return { action, endpoint, options };
}

/** Returns true if clients may see the action, as it is declared on this node. */
export function isExposable(endpoint: CallableEndpoint, names: NamesAction): boolean {
  return !endpoint.action.managesGateway && isOpen(endpoint, names);
}

/** Names the event: the client does not know the action. */
function gone(ctx: SocketContext): Error {
  return new NotFoundError('EVENT_NOT_FOUND', { event: printable(ctx.event) });
}
