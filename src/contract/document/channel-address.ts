import { nameOfPath, parametersOf } from '../../plan/paths';
import type { PathPlan } from '../../plan/plan';
import { keyOf } from '../names';
import type { ContractChannel } from './asyncapi';

/** Returns where a namespace is. AsyncAPI writes `/tenants/{tenantId}` for `/tenants/:tenantId`. */
export function addressOf(path: PathPlan): Pick<ContractChannel, 'address' | 'parameters' | 'description'> {
  if (path.kind === 'literal') return { address: path.name };
  const isExpression = path.source === String(path.pattern);
  if (isExpression)
    return { address: null, description: `Every namespace whose name matches ${path.source}.` };
  const parameters = parametersOf(path);
  const address = path.source
    .split('/')
    .map((segment) => (segment.startsWith(':') ? `{${keyOf(segment.slice(1))}}` : segment))
    .join('/');
  return {
    address: address.startsWith('/') ? address : `/${address}`,
    parameters: Object.fromEntries(
      parameters.map((name) => [keyOf(name), { description: `The segment \`${name}\` of the namespace.` }]),
    ),
  };
}

/** Returns what the key of a namespace is made of. */
export function nameOfChannel(path: PathPlan): string {
  return nameOfPath(path) === '/' ? 'root' : nameOfPath(path);
}
