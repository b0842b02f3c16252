import type { HandedPacket } from './handed-sessions';
import type { Inherited, KeptSession } from './kept-sessions';
import {
  indexOfOffset,
  isMeant,
  noteSeen,
  type LoggedPacket,
  type PacketLog,
  type SeenPackets,
} from './packet-log';
import type { PacketOffset } from './packet-offset';

/** Packets of other nodes may have arrived here so long before the client was disconnected elsewhere, and not arrived there. */
const MAX_LAG_MS = 10_000;

/**
 * Returns a function that reads what a client has missed after the last packet that it has seen.
 *
 * @returns undefined if that cannot be known
 */
export function missedAfter(
  log: PacketLog,
  { session, disconnectedAt, inherited }: KeptSession,
  offset: PacketOffset,
): (() => HandedPacket[]) | undefined {
  const { rooms } = session;
  if (!inherited) {
    const position = log.positionAfter(offset, disconnectedAt);
    return position === undefined
      ? undefined
      : () => log.from(position).filter((packet) => isMeant(rooms, packet));
  }
  const at = indexOfOffset(inherited.packets, offset.text);
  const isAged = offset.number <= (inherited.aged.get(offset.sender) ?? -1);
  if (at < 0 && !isAged) return undefined;
  return () =>
    [...inherited.packets.slice(at + 1), ...unseenBy(log, inherited, disconnectedAt)].filter((packet) =>
      isMeant(rooms, packet),
    );
}

/** Returns the packets of this node's log that the node where sessions came from had not seen. */
export function unseenBy(
  log: PacketLog,
  { seen, position }: Inherited,
  disconnectedAt: number,
): LoggedPacket[] {
  const { start } = log;
  return log.from(start).filter(({ isLocal, offset, at }, index) => {
    // Packets that only this node has sent since are meant for clients that will come back to it.
    if (isLocal) return start + index >= position;
    return offset.number > (seen.get(offset.sender) ?? -1) && at >= disconnectedAt - MAX_LAG_MS;
  });
}

/** Returns the latest packets that this node, or the node where sessions came from, has seen. */
export function seenBy(log: PacketLog, inherited: Inherited | undefined): SeenPackets {
  const { seen } = log;
  for (const [sender, number] of inherited?.seen ?? []) noteSeen(seen, { sender, number });
  return seen;
}
