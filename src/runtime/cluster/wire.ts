/*
 * What travels between the nodes of a gateway. Every event carries one packet, an array of
 *
 *     [version, type, from, to, epoch, seq, ...messages]
 *
 * `from` and `to` are the instance ids of the links. `to` is empty in a HELLO to a link whose instance is not known.
 * `epoch` numbers the streams from one link to another, `seq` the packets of a stream from 1.
 * A message is an array whose first element is its kind.
 */

/** Nodes with another version ignore each other. */
export const PROTOCOL_VERSION = 1;

/** Types of packets. */
export const HELLO = 0;
export const WELCOME = 1;
export const DATA = 2;

/** `[SEND, topic, ...args]` */
export const SEND = 0;
/** `[ASK, id, topic, ...args]` */
export const ASK = 1;
/** `[ANSWER, id, state, ...args]` */
export const ANSWER = 2;
/** `[PIECE, offset, total, base64]`: a part of a message that is too large for one packet. */
export const PIECE = 3;
/** `[LEAVE]`: the link closes. Nothing follows. */
export const LEAVE = 4;

/** States of an answer. */
export const DONE = 0;
export const MORE = 1;
/** The node has nothing to say: it has no such namespace or topic. */
export const ABSENT = 2;
/** The node failed to answer. The argument is a message. */
export const FAILED = 3;

type Scalar = string | number | boolean | null;

/** An argument of a message. */
export type Argument = Scalar | readonly Scalar[] | Uint8Array;

/** A message as it is sent: see the kinds above. */
export type Message = readonly [kind: number, ...args: Argument[]];

export interface Packet {
  readonly type: number;
  readonly from: string;
  readonly to: string;
  readonly epoch: number;
  readonly seq: number;
  readonly messages: readonly unknown[];
}

/** Instance ids are this long at most. */
const MAX_ID_LENGTH = 64;

/**
 * Returns the protocol version of a received value.
 *
 * @returns undefined if the value is not a packet of any version
 */
export function versionOf(value: unknown): number | undefined {
  const version: unknown = Array.isArray(value) ? value[0] : undefined;
  return isCount(version) ? version : undefined;
}

/**
 * Checks a received value. The messages in it are not checked.
 *
 * @returns undefined if the value is not a packet of this version
 */
export function readPacket(value: unknown): Packet | undefined {
  if (!Array.isArray(value) || value.length < 6) return undefined;
  const [version, type, from, to, epoch, seq, ...messages] = value as unknown[];
  if (version !== PROTOCOL_VERSION || (type !== HELLO && type !== WELCOME && type !== DATA)) return undefined;
  if (!isId(from) || from === '' || !isId(to) || !isCount(epoch) || !isCount(seq)) return undefined;
  if (to === '' && type !== HELLO) return undefined;
  return { type, from, to, epoch, seq, messages };
}

/** Returns whether a value is an integer from 0. */
export function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && value.length <= MAX_ID_LENGTH;
}

/** Thrown for what another node sent and this version cannot read. It is counted and logged once per node. */
export class MalformedMessage extends Error {}

/** Throws unless a part of a received message is what it must be. */
export function expectValid(condition: boolean, what: string): asserts condition {
  if (!condition) throw new MalformedMessage(what);
}
