import type { Socket } from 'socket.io';
import { runSafely, type Report } from '../errors/run-safely';

const EVENT = 2;

/** The method of a socket that writes a packet without passing an adapter, which its types do not show. */
interface PacketWriter {
  packet(packet: { type: number; data: unknown[] }): void;
}

/** Sends events to a socket that were numbered before: they get no other offset. */
export function sendPackets(report: Report, socket: Socket, packets: readonly unknown[][]): void {
  const writer = socket as object as PacketWriter;
  for (const data of packets) {
    runSafely(`${socket.id} cannot be sent what it has missed`, report, () => {
      writer.packet({ type: EVENT, data });
    });
  }
}
