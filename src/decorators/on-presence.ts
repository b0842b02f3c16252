import type { OnPresenceOptions, PresenceDiff, RoomPatterns } from '../types';
import { member, type GatewayMethodDecorator } from './record-method';

/** A method that is told of changes. It may declare what info and meta are. */
export type PresenceMethod = {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the method says what info and meta are
  bivariant(diff: PresenceDiff<any, any>, room: string, namespace: string): unknown;
}['bivariant'];

/**
 * Calls the method, `(diff, room, namespace)`, when users enter or leave a room or change. `diff` has the lists `joins`, `leaves` and
 * `updates`. It is called on every node of the gateway, or with `once: true` on one of them. The gateway needs the option `presence`.
 *
 * @param rooms names of rooms, or patterns in which `*` stands for any characters; the empty string is the namespace itself.
 *   Default: all rooms that are shown
 * @throws DeclarationError when the class is compiled
 * @example
 * @OnPresence('room:*', { once: true })
 * seen({ leaves }: PresenceDiff, room: string) { return this.broker.emit('room.left', { room, users: leaves.map(({ id }) => id) }); }
 */
export function OnPresence(
  rooms?: RoomPatterns,
  options?: OnPresenceOptions,
  ...applied: []
): GatewayMethodDecorator<PresenceMethod> {
  return member('@OnPresence()', [rooms, options, ...applied], {
    kind: 'presence',
    rooms,
    options: options === undefined ? {} : options,
    decorator: '@OnPresence()',
  });
}
