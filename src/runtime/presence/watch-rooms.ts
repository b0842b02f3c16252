import type { Namespace } from 'socket.io';

/** Is told when sockets of this node enter and leave rooms. */
export interface RoomWatcher {
  joined(namespace: Namespace, room: string, socketId: string): void;
  left(namespace: Namespace, room: string, socketId: string): void;
}

/** The events of Socket.IO's adapters. */
interface AdapterEvents {
  on(event: 'join-room' | 'leave-room', listener: (room: string, socketId: string) => void): unknown;
}

const watched = new WeakMap<object, WeakSet<RoomWatcher>>();

/** Watches the rooms of a namespace. Does nothing the second time. */
export function watchRooms(namespace: Namespace, watcher: RoomWatcher): void {
  const adapter = namespace.adapter as object as AdapterEvents;
  const watchers = watched.get(adapter) ?? new WeakSet<RoomWatcher>();
  watched.set(adapter, watchers);
  if (watchers.has(watcher)) return;
  watchers.add(watcher);
  adapter.on('join-room', (room, socketId) => {
    watcher.joined(namespace, room, socketId);
  });
  adapter.on('leave-room', (room, socketId) => {
    watcher.left(namespace, room, socketId);
  });
}
