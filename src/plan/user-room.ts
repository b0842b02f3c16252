const PREFIX = '$user:';

/** The room of all sockets of a user. It is the gateway's own, and not among those that applications see. */
export function roomOfUser(id: string | number): string {
  return `${PREFIX}${id}`;
}

/** The rooms of a socket as an application sees them. */
export function visibleRooms(rooms: Iterable<string>): string[] {
  const visible: string[] = [];
  for (const room of rooms) if (!room.startsWith(PREFIX)) visible.push(room);
  return visible;
}
