import { randomBytes } from 'node:crypto';

/*
 * The offset of a packet names its sender and numbers the packets of the sender. Clients tell the offset of the last packet that
 * they have seen.
 */

const SENDER_LENGTH = 8;
const SENDER = randomBytes((SENDER_LENGTH / 4) * 3).toString('base64url');
/** Offsets that clients send are at most this long. */
const MAX_LENGTH = 32;

let packets = 0;

/** An offset in its parts. */
export interface PacketOffset {
  readonly text: string;
  readonly sender: string;
  readonly number: number;
}

/** Returns the offset of the next packet of this process. */
export function nextOffset(): PacketOffset {
  const number = ++packets;
  return { text: `${SENDER}${number.toString(36)}`, sender: SENDER, number };
}

/**
 * Reads an offset.
 *
 * @returns undefined if it is none
 */
export function readOffset(text: unknown): PacketOffset | undefined {
  if (typeof text !== 'string' || text.length <= SENDER_LENGTH || text.length > MAX_LENGTH) return undefined;
  const number = parseInt(text.slice(SENDER_LENGTH), 36);
  return Number.isSafeInteger(number) ? { text, sender: text.slice(0, SENDER_LENGTH), number } : undefined;
}
