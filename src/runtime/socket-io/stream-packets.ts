import { STREAM_PREFIX } from '../../plan/reserved-events';

const DOLLAR = 36;

/** Returns true for a packet that belongs to a stream. Asked for every packet. */
export function isStreamPacket(packet: readonly unknown[]): boolean {
  const name = packet[0];
  return typeof name === 'string' && name.charCodeAt(0) === DOLLAR && name.startsWith(STREAM_PREFIX);
}

/** Returns true for an event with an ack whose last argument offers a stream. Asked for every event. */
export function hasStreamOffer(packet: readonly unknown[]): boolean {
  const last = packet.length - 1;
  if (last < 2 || typeof packet[last] !== 'function') return false;
  const offer = packet[last - 1];
  return (
    typeof offer === 'object' && offer !== null && (offer as { $stream?: unknown }).$stream !== undefined
  );
}
