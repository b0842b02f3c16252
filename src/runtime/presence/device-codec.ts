import { expectValid } from '../cluster/wire';
import type { Device } from './device';
import { freezeDeep } from './frozen-copy';
import type { Change } from './own-devices';

/** The text of a message has about so many characters, so that it takes little time to read. */
const TEXT_LENGTH = 8_000;

/**
 * Encodes changes as texts: each is a JSON list of ids of sockets that are gone, and of devices, as
 * `[namespace, socketId, id, info, [[room, since], …], isAway, meta]`. Without meta, the last value is absent.
 */
export function* encodeChanges(changes: Iterable<Change>): Generator<{ text: string; count: number }> {
  let parts: string[] = [];
  let length = 0;
  for (const change of changes) {
    const part = JSON.stringify(typeof change === 'string' ? change : valuesOf(change));
    parts.push(part);
    length += part.length;
    if (length < TEXT_LENGTH) continue;
    yield { text: `[${parts.join()}]`, count: parts.length };
    parts = [];
    length = 0;
  }
  if (parts.length > 0) yield { text: `[${parts.join()}]`, count: parts.length };
}

function valuesOf({ namespace, socketId, id, info, rooms, isAway, meta }: Device): unknown[] {
  const values: unknown[] = [namespace, socketId, id, info, [...rooms], isAway ? 1 : 0];
  return meta === undefined ? values : [...values, meta];
}

/**
 * Decodes what `encodeChanges` has encoded.
 *
 * @throws MalformedMessage or a SyntaxError if it is something else
 */
export function decodeChanges(text: unknown): Change[] {
  expectValid(typeof text === 'string', 'changes of presence that are no text');
  const changes: unknown = JSON.parse(text);
  expectValid(Array.isArray(changes), 'changes of presence that are no list');
  return changes.map((change: unknown) => (typeof change === 'string' ? change : decodeDevice(change)));
}

function decodeDevice(values: unknown): Device {
  expectValid(Array.isArray(values), 'a change of presence that is neither an id nor a list');
  const [namespace, socketId, id, info, rooms, isAway, meta] = values as unknown[];
  expectValid(typeof namespace === 'string' && typeof socketId === 'string', 'a device without a socket');
  expectValid(typeof id === 'string' || typeof id === 'number', 'a device without a user');
  expectValid(typeof info === 'object' && info !== null, 'a device without info');
  expectValid(Array.isArray(rooms) && rooms.every(isRoom), 'a device with malformed rooms');
  return {
    namespace,
    socketId,
    id,
    info: freezeDeep(info) as object,
    meta: freezeDeep(meta),
    rooms: new Map(rooms),
    isAway: isAway === 1,
  };
}

function isRoom(room: unknown): room is [string, number] {
  return Array.isArray(room) && typeof room[0] === 'string' && typeof room[1] === 'number';
}
