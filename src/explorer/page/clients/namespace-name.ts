import type { Namespace } from '../contract/contract';
import type { ClientOptions } from './client';

/** Returns the name of the namespace that a client connects to: its parameters are filled in. */
export function namespaceName({ address }: Namespace, params: ClientOptions['params']): string {
  if (address === null) return withSlash(params[''] ?? '');
  return address.replace(/\{([^}]+)\}/g, (_match, name: string) => params[name] ?? '');
}

/** Returns the parameters that have no value. */
export function missingParams({ address, parameters }: Namespace, params: ClientOptions['params']): string[] {
  return (address === null ? [''] : parameters).filter((name) => !params[name]?.trim());
}

function withSlash(name: string): string {
  return name.startsWith('/') ? name : `/${name}`;
}
