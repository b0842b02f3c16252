import type { Server } from 'socket.io';
import type { EngineConnection } from './connection';

/*
 * Socket.IO constructs a decoder for each connection. These decoders know how many bytes a packet took, and show a CONNECT packet
 * to the server before Socket.IO creates anything for it.
 */

const CONNECT = 0;
const DISCONNECT = 1;

/** A packet as a decoder emits it. */
export interface DecodedPacket {
  readonly type: number;
  readonly nsp: string;
  readonly data?: unknown;
  /** Bytes of the packet as it arrived, attachments included; characters of text count as one. */
  bytes?: number;
}

/** Passes a packet on to Socket.IO. */
export type Proceed = (packet: DecodedPacket) => void;

/** Decides about the CONNECT packets of a server. */
export interface ConnectGate {
  /** Returns the connection that Socket.IO constructs a decoder for. */
  takeOpening(): EngineConnection | undefined;
  receiveConnect(connection: EngineConnection, packet: DecodedPacket, bytes: number, proceed: Proceed): void;
}

interface Decoder {
  add(data: string | { readonly byteLength?: number }): void;
  on(event: string, listener: Proceed | typeof receive): unknown;
  removeListener(event: string, listener: Proceed | typeof receive): unknown;
}

type Parser = Server['_parser'];

/** Returns a parser like the given one, whose decoders show CONNECT packets to a gate and measure all others. */
export function measuredParser(parser: Parser, gate: ConnectGate): Parser {
  const Base = parser.Decoder as object as new () => Decoder;

  class MeasuringDecoder extends Base {
    readonly #connection = gate.takeOpening();
    #bytes = 0;
    #proceed: Proceed | undefined;
    /** Number of DISCONNECT packets that have arrived and that Socket.IO handles in a later tick. */
    #leaving = 0;

    override add(data: Parameters<Decoder['add']>[0]): void {
      this.#bytes += typeof data === 'string' ? data.length : (data.byteLength ?? 0);
      super.add(data);
    }

    override on(event: string, listener: Proceed): unknown {
      if (event !== 'decoded') return super.on(event, listener);
      this.#proceed = listener;
      return super.on(event, receive);
    }

    override removeListener(event: string, listener: Proceed): unknown {
      return super.removeListener(event, event === 'decoded' ? receive : listener);
    }

    /** Keeps the order of packets: a client that leaves a namespace and then asks for one has left before. */
    #receiveConnect(
      connection: EngineConnection,
      packet: DecodedPacket,
      bytes: number,
      proceed: Proceed,
    ): void {
      if (this.#leaving === 0) gate.receiveConnect(connection, packet, bytes, proceed);
      else
        process.nextTick(() => {
          gate.receiveConnect(connection, packet, bytes, proceed);
        });
    }

    #awaitLeaving(): void {
      this.#leaving++;
      process.nextTick(() => {
        this.#leaving--;
      });
    }

    /** Receives a packet that is decoded. */
    receive(packet: DecodedPacket): void {
      const bytes = this.#bytes;
      this.#bytes = 0;
      const proceed = this.#proceed as Proceed;
      if (packet.type === CONNECT && this.#connection) {
        this.#receiveConnect(this.#connection, packet, bytes, proceed);
        return;
      }
      packet.bytes = bytes;
      proceed(packet);
      if (packet.type === DISCONNECT) this.#awaitLeaving();
    }
  }
  return { ...parser, Decoder: MeasuringDecoder as object as Parser['Decoder'] };
}

/** Receives the packets of all connections: one function, not one per connection. */
function receive(this: { receive(packet: DecodedPacket): void }, packet: DecodedPacket): void {
  this.receive(packet);
}
