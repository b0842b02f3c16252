import { type Adapter } from 'socket.io-adapter';
import { encoderOf, replaceEncoder, type PacketCodec } from '../socket-io/packet-codec';
import { decodeValues, EVENT, type Parts } from './encode-values';

/** A packet for clients that is encoded already, here or on another node. */
export class EncodedPacket {
  readonly type = EVENT;
  nsp = '';
  private values: unknown[] | undefined;

  constructor(
    readonly parts: Parts,
    private readonly codec: PacketCodec,
  ) {}

  /** The size of the packet, a character of text counting as one byte. */
  get bytes(): number {
    return this.parts.reduce((sum, part) => sum + part.length, 0);
  }

  /** The arguments of `socket.onAnyOutgoing` listeners. They are decoded only if there are listeners. */
  get data(): unknown[] {
    return (this.values ??= decodeValues(this.codec, this.parts));
  }
}

/**
 * Lets an adapter of Socket.IO broadcast an `EncodedPacket` without encoding it again.
 *
 * @throws if the adapter has no encoder, which socket.io-adapter 2.5 has
 */
export function acceptEncodedPackets(adapter: Adapter): void {
  const encoder = encoderOf(adapter);
  replaceEncoder(adapter, {
    encode: (packet) => (packet instanceof EncodedPacket ? packet.parts : encoder.encode(packet)),
  });
}
