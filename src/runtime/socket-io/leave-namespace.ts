import type { Namespace, Socket } from 'socket.io';
import { runSafely, type Report } from '../errors/run-safely';

/** The parts of a socket that its types do not show. */
interface SocketParts {
  readonly nsp: Namespace & { _remove(socket: Socket): void };
  join: unknown;
  leaveAll(): void;
}

/** Takes a socket out of its rooms and its namespace, as Socket.IO's `_cleanup` does, also if the adapter throws. */
export function leaveNamespace(socket: Socket, report: Report): void {
  const parts = socket as object as SocketParts;
  runSafely('a socket could not leave its rooms', report, () => {
    parts.leaveAll();
  });
  parts.nsp._remove(socket);
  parts.join = joinNothing;
}

function joinNothing(): void {
  // The socket is gone.
}
