import type { Server } from 'socket.io';
import { ClusterError } from './cluster-error';
import { expectValid } from './wire';

/*
 * Values that go to other nodes are written by the parser of the Socket.IO server, as an ack is: text, and bytes beside it.
 * So binary data in them arrives, and a custom parser keeps what it keeps for clients.
 */

/** Writes and reads packets: a Socket.IO server. */
export type PacketCodec = Pick<Server, 'encoder' | '_parser'>;

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
  return (codec.encoder.encode(packet as never) as unknown[]).map(toPart);
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
  const decoder = new codec._parser.Decoder();
  let data: unknown;
  decoder.on('decoded', (packet: { data?: unknown }) => {
    data = packet.data;
  });
  try {
    for (const part of parts) decoder.add(part);
  } catch {
    // Data of other nodes is not trusted.
  } finally {
    decoder.destroy();
  }
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
