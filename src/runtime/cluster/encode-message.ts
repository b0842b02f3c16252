import { ClusterError } from './cluster-error';
import { expectValid, isCount, type Argument, type Message } from './wire';

/*
 * Messages in the form in which they travel: binary arguments as base64, because serializers treat Buffers differently.
 * A message over 256 KiB becomes one block of bytes, which the outbox cuts into pieces.
 */

/** A packet carries at most so many bytes, whatever the serializer. TCP drops a node for a packet over 1 MiB. */
export const MAX_PACKET_BYTES = 256 * 1024;
/** Messages are at most this large. */
const MAX_MESSAGE_BYTES = 64 * 1024 * 1024;
/** Allowed for what surrounds the payload of a message: event name, rooms, lengths. */
const MAX_ENVELOPE_BYTES = 1024 * 1024;
/** The largest block that a node accepts. */
export const MAX_BLOCK_BYTES = MAX_MESSAGE_BYTES + MAX_ENVELOPE_BYTES;

/** JSON writes a control character as `\u0001`. */
const MAX_BYTES_PER_CHARACTER = 6;
/** Strings that are longer are taken out of the JSON of a block. */
const MAX_INLINE_LENGTH = 256;

/** A message that is ready to be sent to any number of nodes. */
export type EncodedMessage =
  | { readonly block: undefined; readonly message: readonly unknown[]; readonly size: number }
  | { readonly block: Buffer; readonly message: undefined; readonly size: number };

/**
 * Encodes a message.
 *
 * @throws ClusterError `CLUSTER_MESSAGE_TOO_LARGE` if the message is larger than 64 MiB
 */
export function encodeMessage(message: Message): EncodedMessage {
  let size = 16;
  let binary = false;
  for (const argument of message) {
    size += maxBytesOf(argument);
    binary ||= argument instanceof Uint8Array;
  }
  if (size <= MAX_PACKET_BYTES) {
    return { block: undefined, message: binary ? message.map(toText) : message, size };
  }
  const block = encodeBlock(message);
  return { block, message: undefined, size: block.length };
}

/** Returns how many bytes an argument takes at most in a packet. */
function maxBytesOf(argument: Argument): number {
  if (typeof argument === 'string') return argument.length * MAX_BYTES_PER_CHARACTER + 3;
  if (typeof argument !== 'object' || argument === null) return 24;
  if (argument instanceof Uint8Array) return Math.ceil(argument.length / 3) * 4 + 10;
  let size = 2;
  for (const item of argument) size += maxBytesOf(item);
  return size;
}

function toText(argument: Argument): unknown {
  return argument instanceof Uint8Array ? { b: bufferOf(argument).toString('base64') } : argument;
}

function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Encodes as four bytes with the length of a header, the header in JSON, and the long strings and bytes one after the other. */
function encodeBlock(message: Message): Buffer {
  const contents: Buffer[] = [];
  const header = message.map((argument) => {
    if (typeof argument === 'string' && argument.length > MAX_INLINE_LENGTH) {
      return { t: contents[contents.push(Buffer.from(argument)) - 1]?.length };
    }
    if (argument instanceof Uint8Array) return { n: contents[contents.push(bufferOf(argument)) - 1]?.length };
    return argument;
  });
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32BE(text.length);
  const parts = [length, text, ...contents];
  const total = parts.reduce((sum, part) => sum + part.length, 0);
  if (total > MAX_BLOCK_BYTES) {
    throw new ClusterError(
      'CLUSTER_MESSAGE_TOO_LARGE',
      `A message to the other nodes has ${total} bytes, and at most ${MAX_MESSAGE_BYTES} are sent: send it in parts.`,
    );
  }
  return Buffer.concat(parts, total);
}

/**
 * Reads a block.
 *
 * @throws MalformedMessage or a SyntaxError if it is not one
 */
export function decodeBlock(block: Buffer): readonly unknown[] {
  expectValid(block.length >= 4, 'a block without a header');
  let offset = 4 + block.readUInt32BE(0);
  expectValid(offset <= block.length, 'a block with a header that is too long');
  const header: unknown = JSON.parse(block.toString('utf8', 4, offset));
  expectValid(Array.isArray(header), 'a block whose header is not a list');
  return header.map((argument: unknown) => {
    if (typeof argument !== 'object' || argument === null || Array.isArray(argument)) return argument;
    const { t, n } = argument as { t?: unknown; n?: unknown };
    const length = t ?? n;
    expectValid(isCount(length) && offset + length <= block.length, 'a block that is too short');
    const part = block.subarray(offset, (offset += length));
    return t === undefined ? part : part.toString();
  });
}

/**
 * Reads the parts of an encoded Socket.IO packet in a received message.
 *
 * @throws MalformedMessage if an argument is neither a string nor bytes
 */
export function readParts(args: readonly unknown[]): (string | Buffer)[] {
  expectValid(args.length > 0, 'a message without content');
  return args.map((argument) => {
    if (typeof argument === 'string' || Buffer.isBuffer(argument)) return argument;
    const text =
      typeof argument === 'object' && argument !== null ? (argument as { b?: unknown }).b : undefined;
    expectValid(typeof text === 'string', 'content that is neither text nor bytes');
    return Buffer.from(text, 'base64');
  });
}
