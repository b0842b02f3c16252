import { decodeData, encode, type PacketCodec } from '../socket-io/packet-codec';
import { ClusterError } from './cluster-error';
import { expectValid } from './wire';

/*
 * Values that go to other nodes are written by the parser of the Socket.IO server, as an ack is: text, and bytes beside it.
 * So binary data in them arrives, and a custom parser keeps what it keeps for clients.
 */

/** The parts of a packet: one string with the default parser, and a buffer for each binary value. */
export type Parts = (string | Uint8Array)[];

export const EVENT = 2;
const ACK = 3;

interface PacketToEncode {
  type: number;
  nsp: string;
  id?: number;
  data: unknown;
}

/**
 * Encodes a packet for clients.
 *
 * @throws ClusterError `CLUSTER_MESSAGE_NOT_SERIALIZABLE` if the parser leaves a value that is neither text nor bytes
 */
export function encodePacket(codec: PacketCodec, packet: PacketToEncode): Parts {
  return encode(codec, packet).map(toPart);
}

/** Encodes values for other nodes. */
export function encodeValues(codec: PacketCodec, values: readonly unknown[]): Parts {
  return encodePacket(codec, { type: ACK, nsp: '/', id: 0, data: values });
}

/**
 * Decodes the data of a packet, or what `encodeValues` has encoded.
 *
 * @throws MalformedMessage if it is neither
 */
export function decodeValues(codec: PacketCodec, parts: Parts): unknown[] {
  const data = decodeData(codec, parts);
  expectValid(Array.isArray(data), 'values that the parser cannot read');
  return data;
}

function toPart(part: unknown): string | Uint8Array {
  if (typeof part === 'string' || part instanceof Uint8Array) return part;
  if (ArrayBuffer.isView(part)) return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  throw new ClusterError(
    'CLUSTER_MESSAGE_NOT_SERIALIZABLE',
    'A packet for clients of other nodes holds a Blob or another value that is neither text nor bytes: emit a Buffer.',
  );
}
