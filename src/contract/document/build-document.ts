import { Names } from '../names';
import { SchemaRegistry } from '../schemas/schema-registry';
import type { ContractDocument, ContractInfo, ContractServer } from './asyncapi';
import { Channel } from './channel';
import { nameOfChannel } from './channel-address';
import type { DescribedGateway } from './described-gateway';
import { addErrorSchemas } from './event-reply';

/** Options of a contract. */
export interface ContractOptions {
  /** Default: the names of the services, and version 0.0.0. */
  info?: Partial<ContractInfo>;
  /** Servers by name: `{ production: { host: 'chat.example.com', protocol: 'wss' } }`. Default: none. */
  servers?: Record<string, ContractServer>;
}

/** Returns the AsyncAPI document of gateways. */
export function buildDocument(
  gateways: readonly DescribedGateway[],
  { info, servers }: ContractOptions = {},
): ContractDocument {
  const registry = new SchemaRegistry();
  const parts = { registry, errors: addErrorSchemas(registry), operations: {} };
  const names = new Names();
  const channels: ContractDocument['channels'] = {};
  for (const { plan, namespaces } of gateways) {
    for (const { path, events } of namespaces) {
      const key = names.next(nameOfChannel(path));
      channels[key] = new Channel(plan, path, key, parts).describe(events);
    }
  }
  const title = gateways.map(({ plan }) => plan.service.name).join(', ') || 'Gateways';
  return {
    asyncapi: '3.1.0',
    info: { title, version: '0.0.0', ...info },
    defaultContentType: 'application/json',
    ...(servers && { servers }),
    channels,
    operations: parts.operations,
    components: { schemas: registry.schemas },
  };
}
