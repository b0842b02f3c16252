import type { ServiceBroker } from 'moleculer';
import type { AutoExposePlan, GuardPlan, StreamPlan } from '../../plan/plan';
import { allEndpoints } from '../moleculer/internals';
import { readExposures } from './read-exposures';
import { isExposable } from '../event/resolve-exposed';

/** An action that asks for an event, as all nodes that have it say together. */
export interface Claim {
  readonly action: string;
  readonly event: string;
  /** Undefined: all. */
  readonly namespaces: readonly string[] | undefined;
  readonly guard: GuardPlan | undefined;
  readonly streams: StreamPlan | undefined;
}

/**
 * Looks through the actions of the cluster for those that ask for an event.
 *
 * @param own the full name of the gateway's service
 * @param refuse is told which actions are not exposed, and why
 */
export function readClaims(
  broker: ServiceBroker,
  own: string,
  { whitelist, names }: AutoExposePlan,
  refuse: (why: string) => void,
): Claim[] {
  // By what they say: the same action on another node says it once more.
  const claims = new Map<string, Claim>();
  for (const endpoint of allEndpoints(broker)) {
    const { name: action, socket } = endpoint.action;
    if (socket === undefined || socket === null || socket === false) continue;
    if (whitelist && !whitelist(action)) continue;
    const refuseThis = (why: string): void => {
      refuse(`the action '${action}' is not exposed: ${why}`);
    };
    if (!isExposable(endpoint, names)) {
      const { name } = endpoint.service;
      if (name.startsWith('$'))
        refuseThis(`services like '${name}' must be named: autoExpose: ['${action}']`);
      continue;
    }
    if (endpoint.service.fullName === own) {
      refuseThis("it is the gateway's own; put @SocketEvent on its method");
      continue;
    }
    for (const exposure of readExposures(socket, refuseThis)) {
      const claim = { action, ...exposure };
      claims.set(JSON.stringify(claim), claim);
    }
  }
  return [...claims.values()];
}
