import { deserialize, serialize } from 'node:v8';
import type { BroadcastOptions } from 'socket.io-adapter';
import { readParts } from './encode-message';
import { readOffset, type PacketOffset } from './packet-offset';
import type { KeptPacket, LoggedPacket, SeenPackets } from './packet-log';
import { expectValid } from './wire';

/** The session that Socket.IO keeps of a client that may come back. */
export interface ClientSession {
  readonly sid: string;
  readonly pid: string;
  readonly rooms: string[];
  readonly data: { readonly user?: unknown };
}

/** A session, with the time since its client was disconnected, in milliseconds. Clocks of nodes differ. */
export interface HandedSession extends ClientSession {
  readonly age: number;
}

/** A packet of another node that clients may have missed. */
export type HandedPacket = Pick<LoggedPacket, 'offset' | 'opts'> & { readonly packet: KeptPacket };

/** Sessions that go from one node to another, with the packets that their clients may have missed. */
export interface HandedSessions {
  readonly sessions: readonly HandedSession[];
  readonly packets: readonly HandedPacket[];
  /** Which packets the node has seen: others are missing here. */
  readonly seen: SeenPackets;
  /** For each sender, the number of the latest packet that is too old to be among them. */
  readonly aged: SeenPackets;
}

type PacketValues = readonly [offset: string, data: unknown[], rooms: string[], except: string[]];

/**
 * Encodes sessions for another node. Dates, maps and bytes in the data of sockets arrive as they are.
 *
 * @throws Error if the data of a socket holds a function or something else that cannot be cloned
 */
export function encodeSessions({ sessions, packets, seen, aged }: HandedSessions): Uint8Array {
  const values = packets.map(({ offset, packet, opts }): PacketValues => [
    offset.text,
    packet.data,
    [...opts.rooms],
    [...(opts.except ?? [])],
  ]);
  return serialize([sessions, values, seen, aged]);
}

/**
 * Decodes what `encodeSessions` has encoded.
 *
 * @throws MalformedMessage or an Error if it is something else
 */
export function decodeSessions(bytes: Uint8Array): HandedSessions {
  const values: unknown = deserialize(bytes);
  expectValid(Array.isArray(values), 'sessions that are no list');
  const [sessions, packets, seen, aged] = values as unknown[];
  expectValid(Array.isArray(sessions) && sessions.every(isSession), 'malformed sessions');
  expectValid(Array.isArray(packets), 'sessions without packets');
  expectValid(seen instanceof Map && aged instanceof Map, 'sessions of unknown packets');
  return {
    sessions: sessions as HandedSession[],
    packets: packets.map(readPacket),
    seen: seen as SeenPackets,
    aged: aged as SeenPackets,
  };
}

/** Reads bytes in a received message. */
export function readBytes(argument: unknown): Uint8Array {
  const [bytes] = readParts([argument]);
  expectValid(typeof bytes === 'object', 'sessions that are no bytes');
  return bytes;
}

function readPacket(value: unknown): HandedPacket {
  expectValid(Array.isArray(value), 'a packet that is no list');
  const [text, data, rooms, except] = value as unknown[];
  const offset: PacketOffset | undefined = readOffset(text);
  expectValid(offset !== undefined && Array.isArray(data), 'a packet without an offset');
  expectValid(Array.isArray(rooms) && Array.isArray(except), 'a packet without rooms');
  const opts: BroadcastOptions = {
    rooms: new Set(rooms as string[]),
    except: new Set(except as string[]),
  };
  return { offset, packet: { data: data as unknown[] }, opts };
}

function isSession(value: unknown): boolean {
  const { sid, pid, rooms, data, age } = (value ?? {}) as Partial<HandedSession>;
  const hasIds = typeof sid === 'string' && typeof pid === 'string' && typeof age === 'number';
  return hasIds && Array.isArray(rooms) && typeof data === 'object' && data !== null;
}
