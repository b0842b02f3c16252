import type { ContractDocument } from '../../contract/document/asyncapi';
import { buildDocument, type ContractOptions } from '../../contract/document/build-document';
import type { DescribedEvent, DescribedGateway } from '../../contract/document/described-gateway';
import { nameOfPath } from '../../plan/paths';
import type { BoundEvent, Gateway } from '../model';
import { endpointsOf } from '../moleculer/internals';
import { pathsOf } from './list-events';

/** Returns the contract of gateways at work: of the namespaces that they serve now, with the actions that they expose. */
export function liveContract(gateways: readonly Gateway[], options: ContractOptions): ContractDocument {
  const [first] = gateways;
  const title = first?.service.fullName ?? 'Gateways';
  return buildDocument(gateways.map(describeGateway), { ...options, info: { title, ...options.info } });
}

function describeGateway(gateway: Gateway): DescribedGateway {
  return {
    plan: gateway.plan,
    namespaces: pathsOf(gateway).map((path) => {
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
