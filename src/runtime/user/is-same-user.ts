import { isDeepStrictEqual } from 'node:util';
import type { ServiceBroker } from 'moleculer';
import { copyThroughSerializer } from '../moleculer/internals';

/** A value that is serialized again and again stops changing after this many copies: a Map may become a Map, then an object. */
const MAX_COPIES = 2;

/**
 * Returns true if a call has left the user alone.
 *
 * An action of another node returns a copy of the user: an instance of a class becomes a plain object, and with most serializers
 * a date becomes a string.
 *
 * @param before the user that the call was given
 * @param after the user in the meta of the call when it has ended
 */
export function isSameUser(broker: ServiceBroker, before: unknown, after: unknown): boolean {
  if (after === before || isDeepStrictEqual(after, before)) return true;
  if (!isObject(before) || !isObject(after)) return false;
  let copy: unknown = before;
  for (let copies = 0; copies < MAX_COPIES; copies++) {
    try {
      copy = copyThroughSerializer(broker, copy);
    } catch {
      // A user that cannot be serialized has not been on another node.
      return false;
    }
    if (isDeepStrictEqual(after, copy)) return true;
  }
  return false;
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
