import { isDeepStrictEqual } from 'node:util';
import type { PresenceDiff, PresentUser } from '../../types';
import type { PresenceRoom } from './presence-room';
import type { PresenceTable } from './presence-table';
import type { TimeSlice } from './time-slice';

/** The changes in a room. */
export interface RoomChanges {
  readonly all: PresenceDiff;
  /** Without what other nodes knew before they met this one. */
  readonly latest: PresenceDiff;
}

type Lists = { [Kind in keyof PresenceDiff]: PresentUser[] };

/** Compares the users of a room with what was told of them last. They are told now. */
export async function compareRoom(
  table: PresenceTable,
  room: PresenceRoom,
  slice: TimeSlice,
): Promise<RoomChanges> {
  const all: Lists = { joins: [], leaves: [], updates: [] };
  const latest: Lists = { joins: [], leaves: [], updates: [] };
  for (const [id, isNew] of room.takeChanges()) {
    const user = room.users.get(id);
    if (!user) continue;
    const { entry, told } = user;
    const kind = kindOf(told, entry);
    user.told = entry;
    const shown = entry ?? told;
    if (kind && shown) {
      all[kind].push(shown);
      if (isNew) latest[kind].push(shown);
    }
    if (!entry) table.forgetUser(room, id);
    if (slice.isOver) await slice.next();
  }
  return { all, latest };
}

function kindOf(told: PresentUser | undefined, now: PresentUser | undefined): keyof PresenceDiff | undefined {
  if (!told) return now && 'joins';
  if (!now) return 'leaves';
  return told === now || isDeepStrictEqual(told, now) ? undefined : 'updates';
}
