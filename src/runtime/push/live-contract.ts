import type { ContractDocument } from '../../contract/document/asyncapi';
import type * as contract from '../../contract/document/build-document';
import type { DescribedEvent, DescribedGateway } from '../../contract/document/described-gateway';
import { nameOfPath } from '../../plan/paths';
import type { BoundEvent, Gateway } from '../model';
import { endpointsOf } from '../moleculer/internals';
import { pathsOf, unknownNamespace } from './list-events';

/**
 * Returns the contract of gateways at work: of the namespaces that they serve now, with the actions that they expose.
 *
 * @param namespace a name, or a path as it was written; undefined: all
 * @throws NotFoundError 404 if the gateways have no such namespace
 */
export function liveContract(gateways: readonly Gateway[], namespace: string | undefined): ContractDocument {
  const described = gateways.map((gateway) => describeGateway(gateway, namespace));
  if (namespace !== undefined && described.every(({ namespaces }) => namespaces.length === 0))
    throw unknownNamespace(namespace);
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- most gateways are never asked for their contract
  const { buildDocument } = require('../../contract/document/build-document') as typeof contract;
  const title = gateways[0]?.service.fullName ?? 'Gateways';
  return buildDocument(described, { info: { title } });
}

function describeGateway(gateway: Gateway, namespace: string | undefined): DescribedGateway {
  return {
    plan: gateway.plan,
    namespaces: pathsOf(gateway, namespace).map((path) => {
      const events = gateway.exposed?.eventsOf(nameOfPath(path)) ?? gateway.events;
      const all = [...events.values(), ...(gateway.catchAll ? [gateway.catchAll] : [])];
      return { path, events: all.map((event) => describeEvent(gateway, event)) };
    }),
  };
}

function describeEvent({ broker }: Gateway, { plan }: BoundEvent): DescribedEvent {
  if (plan.target.kind !== 'action') return { plan };
  const endpoints = endpointsOf(broker, plan.target.action);
  const endpoint = endpoints.find(({ local }) => local) ?? endpoints[0];
  return endpoint ? { plan, params: endpoint.action.params, isRemote: !endpoint.local } : { plan };
}
