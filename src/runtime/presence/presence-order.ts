import type { PresentUser } from '../../types';
import type { UserId } from '../model';
import { compareText } from './user-in-room';

/** Sorts users in the order in which they came, which is the same on all nodes. */
export function sortUsers(users: PresentUser[]): PresentUser[] {
  return users.sort((one, other) => cameAt(one) - cameAt(other) || compareIds(one.id, other.id));
}

/** Numbers come before texts. */
function compareIds(one: UserId, other: UserId): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  if (typeof one === 'string' && typeof other === 'string') return compareText(one, other);
  return typeof one === 'number' ? -1 : 1;
}

function cameAt({ devices }: PresentUser): number {
  return devices[0]?.since ?? 0;
}

/** Returns each user once, with the devices that it has in all of the lists. */
export function mergeUsers(lists: readonly (readonly PresentUser[])[]): PresentUser[] {
  const merged = new Map<PresentUser['id'], PresentUser>();
  for (const user of lists.flat()) {
    const known = merged.get(user.id);
    merged.set(user.id, known ? mergeUser(known, user) : user);
  }
  return sortUsers([...merged.values()]);
}

/** Merges what two rooms know of a user. A device in several rooms counts from the first one on. */
function mergeUser(one: PresentUser, other: PresentUser): PresentUser {
  const devices = new Map(one.devices.map((device) => [device.socketId, device]));
  for (const device of other.devices) {
    const known = devices.get(device.socketId);
    if (!known || device.since < known.since) devices.set(device.socketId, device);
  }
  const sorted = [...devices.values()].sort(
    (a, b) => a.since - b.since || compareText(a.socketId, b.socketId),
  );
  const isOlder = (other.devices.at(-1)?.since ?? 0) < (one.devices.at(-1)?.since ?? 0);
  return { id: one.id, info: isOlder ? one.info : other.info, devices: sorted };
}
