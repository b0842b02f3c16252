import { inspectResult } from '../answer/inspect-result';
import { isPlainData } from '../answer/plain-data';
import { closeResource, listenForErrors } from '../answer/resource';
import type { Gateway } from '../model';

/*
 * An event owns the resources in all results that it receives: that of its handler or action, and those of hooks. It closes them
 * when it ends. A result that comes after that, because the event had timed out, is closed at once.
 */

export const RESOURCES = Symbol('resources');
const CLOSED = Symbol('closed');

/** The context of an event. Copies of it own nothing: see `eventOf`. */
export interface ResourceOwner {
  /** Undefined while there are none. */
  [RESOURCES]: Set<object> | typeof CLOSED | undefined;
}

/**
 * Receives a result of an event. To be called before anything is awaited: a stream in the result may fail meanwhile.
 *
 * @returns true if the result is plain data, which can be sent
 */
export function receiveResult(gateway: Gateway, event: ResourceOwner, result: unknown): boolean {
  if (isPlainData(result)) return true;
  for (const resource of inspectResult(result).resources) own(gateway, event, resource);
  return false;
}

/** Takes a resource from an event, because it is delivered: the event does not close it. */
export function disownResource(event: ResourceOwner, resource: object): void {
  const owned = event[RESOURCES];
  if (typeof owned === 'object') owned.delete(resource);
}

/** Closes the resources of an event that has ended. */
export function closeResources(gateway: Gateway, event: ResourceOwner): void {
  const resources = event[RESOURCES];
  event[RESOURCES] = CLOSED;
  if (typeof resources === 'object') for (const resource of resources) closeResource(gateway, resource);
}

/** Returns true if the event has ended. */
export function hasClosedResources(event: ResourceOwner): boolean {
  return event[RESOURCES] === CLOSED;
}

function own(gateway: Gateway, event: ResourceOwner, resource: object): void {
  const owned = event[RESOURCES];
  if (typeof owned === 'object' && owned.has(resource)) return;
  listenForErrors(gateway, resource);
  if (owned === CLOSED) closeResource(gateway, resource);
  else if (owned) owned.add(resource);
  else event[RESOURCES] = new Set([resource]);
}
