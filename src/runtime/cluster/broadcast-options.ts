import type { BroadcastFlags, BroadcastOptions, Room } from 'socket.io-adapter';
import { type Argument, expectValid, isCount } from './wire';

const VOLATILE = 1;
const COMPRESS = 2;
const DO_NOT_COMPRESS = 4;
/** The last value of the packet is its offset. */
const KEPT = 8;
const NO_ROOMS: readonly never[] = [];

/** Returns the arguments that say which sockets are meant: rooms and exceptions. */
export function selectionArguments({ rooms, except }: BroadcastOptions): [Argument, Argument] {
  return [listRooms(rooms), listRooms(except)];
}

/**
 * Returns the argument that says how a packet is delivered.
 *
 * @param isKept true if the packet has an offset for clients that come back
 */
export function deliveryArgument({ flags = {} }: BroadcastOptions, isKept = false): number {
  const compress = flags.compress === undefined ? 0 : flags.compress ? COMPRESS : DO_NOT_COMPRESS;
  return (flags.volatile ? VOLATILE : 0) | compress | (isKept ? KEPT : 0);
}

/** Returns whether a packet has an offset, by its argument of `deliveryArgument`. */
export function hasOffset(delivery: unknown): boolean {
  return ((delivery as number) & KEPT) !== 0;
}

/**
 * Reads what `selectionArguments` and `deliveryArgument` have written.
 *
 * @throws MalformedMessage
 */
export function readOptions(rooms: unknown, except: unknown, delivery: unknown = 0): BroadcastOptions {
  expectValid(Array.isArray(rooms) && Array.isArray(except) && isCount(delivery), 'a malformed selection');
  const flags: BroadcastFlags = { local: true };
  if (delivery & VOLATILE) flags.volatile = true;
  if (delivery & COMPRESS) flags.compress = true;
  if (delivery & DO_NOT_COMPRESS) flags.compress = false;
  return { rooms: new Set(rooms as Room[]), except: new Set(except as Room[]), flags };
}

/** Reads a list of rooms. */
export function readRooms(rooms: unknown): Room[] {
  expectValid(Array.isArray(rooms), 'a malformed list of rooms');
  return rooms as Room[];
}

/** Returns rooms as a list that can be sent. An object as a room means nothing on another node. */
export function listRooms(rooms: Iterable<unknown> | undefined): readonly (string | number | null)[] {
  if (rooms === undefined || (rooms instanceof Set && rooms.size === 0)) return NO_ROOMS;
  return Array.from(rooms, (room) => (typeof room === 'string' || typeof room === 'number' ? room : null));
}
