import type { Server } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';

/*
 * The parser of a server, which may be one of the application's.
 */

/** Encodes and decodes packets: a Socket.IO server. */
export type PacketCodec = Pick<Server, 'encoder' | '_parser'>;

interface Encoder {
  encode(packet: object): unknown[];
}

/**
 * Encodes a packet.
 *
 * @returns text or bytes, and the binary values in it after that
 * @throws what the parser throws for a value that cannot be serialized
 */
export function encode({ encoder }: PacketCodec, packet: object): unknown[] {
  return (encoder as Encoder).encode(packet);
}

/**
 * Decodes a packet that `encode` has encoded.
 *
 * @returns its data; undefined if the parser cannot read it
 */
export function decodeData(codec: PacketCodec, parts: readonly unknown[]): unknown {
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
  return data;
}

/**
 * Returns the encoder of an adapter. The adapter encodes what it broadcasts with it.
 *
 * @throws Error if it has none. That of socket.io-adapter 2.5 has one
 */
export function encoderOf(adapter: Adapter): Encoder {
  const { encoder } = adapter as object as { encoder?: Partial<Encoder> };
  if (typeof encoder?.encode !== 'function') {
    throw new Error(
      'Adapter.encoder is missing: this version of socket.io-adapter is not supported, install 2.5.',
    );
  }
  return encoder as Encoder;
}

/** Makes an adapter encode what it broadcasts with another encoder. */
export function replaceEncoder(adapter: Adapter, encoder: Encoder): void {
  Object.assign(adapter, { encoder });
}
