import type { Gateway } from '../model';
import { inspectResult } from './inspect-result';
import { isPlainData } from './plain-data';
import { closeResource, listenForErrors } from './resource';

/**
 * Closes all resources in a value that cannot be delivered. Never throws.
 *
 * @returns the error that says what cannot be sent; undefined if nothing was found
 */
export function discardResources(
  gateway: Pick<Gateway, 'broker' | 'report'>,
  value: unknown,
): Error | undefined {
  if (isPlainData(value)) return undefined;
  const { resources, refusal } = inspectResult(value);
  for (const resource of resources) {
    listenForErrors(gateway, resource);
    closeResource(gateway, resource);
  }
  return refusal;
}
