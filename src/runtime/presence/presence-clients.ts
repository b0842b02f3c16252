import type { Namespace } from 'socket.io';
import type { PresenceDiff, PresentUser } from '../../types';
import { runSafely, type Report } from '../errors/run-safely';
import { sendToSockets } from '../socket-io/send-to-sockets';
import type { PresenceRoom } from './presence-room';
import type { TimeSlice } from './time-slice';

/** The event that clients get. */
export const PRESENCE_EVENT = 'presence';
/** A message has at most so many users. What follows the first message of a long state are joins. */
const MAX_USERS = 250;
/** So many sockets are sent to without a pause. */
const MAX_SOCKETS = 100;

const NO_USERS: readonly PresentUser[] = [];

/** Tells the clients of this node who is in a room. */
export class PresenceClients {
  private isClosed = false;

  /** @param find returns a live namespace */
  constructor(
    private readonly find: (namespace: string) => Namespace | undefined,
    private readonly report: Report,
  ) {}

  /** Tells the audience of a room what has changed. */
  async sendDiff(room: PresenceRoom, diff: PresenceDiff, slice: TimeSlice): Promise<void> {
    for (const part of partsOf(diff))
      await this.send(room, room.audience, { room: room.name, ...part }, slice);
  }

  /** Tells sockets that have entered a room who is there. */
  async sendState(room: PresenceRoom, socketIds: ReadonlySet<string>, slice: TimeSlice): Promise<void> {
    const users = room.listTold();
    await this.send(room, socketIds, { room: room.name, state: users.slice(0, MAX_USERS) }, slice);
    for (const joins of slicesOf(users.slice(MAX_USERS), MAX_USERS))
      await this.send(
        room,
        socketIds,
        { room: room.name, joins, leaves: NO_USERS, updates: NO_USERS },
        slice,
      );
  }

  /** Stops sending. */
  close(): void {
    this.isClosed = true;
  }

  private async send(
    { namespace, name }: PresenceRoom,
    ids: ReadonlySet<string>,
    message: object,
    slice: TimeSlice,
  ): Promise<void> {
    const live = this.find(namespace);
    if (!live || ids.size === 0) return;
    // Sockets that come meanwhile are not meant.
    for (const some of slicesOf([...ids], MAX_SOCKETS)) {
      if (this.isClosed) return;
      runSafely(`the users of '${name}' cannot be sent`, this.report, () => {
        sendToSockets(live, new Set(some), PRESENCE_EVENT, message);
      });
      if (slice.isOver) await slice.next();
    }
  }
}

function partsOf({ joins, leaves, updates }: PresenceDiff): PresenceDiff[] {
  if (joins.length + leaves.length + updates.length <= MAX_USERS) return [{ joins, leaves, updates }];
  const part = (some: Partial<PresenceDiff>): PresenceDiff => ({
    joins: NO_USERS,
    leaves: NO_USERS,
    updates: NO_USERS,
    ...some,
  });
  return [
    ...slicesOf(joins, MAX_USERS).map((some) => part({ joins: some })),
    ...slicesOf(leaves, MAX_USERS).map((some) => part({ leaves: some })),
    ...slicesOf(updates, MAX_USERS).map((some) => part({ updates: some })),
  ];
}

function slicesOf<T>(list: readonly T[], length: number): T[][] {
  const slices: T[][] = [];
  for (let at = 0; at < list.length; at += length) slices.push(list.slice(at, at + length));
  return slices;
}
