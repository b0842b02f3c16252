import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import { Server } from 'socket.io';

/** Attaches a server to an HTTP server, or to a port that it opens. */
export type AttachTo = (place: HttpServer | number, options?: object) => void;

/** Options that decide who may connect. The gateways guard handshakes with those that they know when `io` is made. */
const GUARDS = ['allowRequest', 'cors'];

/**
 * Makes `io.attach()` and `io.listen()` of a Socket.IO server that is attached nowhere do what `initSocketIO` does, so that the
 * gateways know where they are.
 */
export function attachLater(io: Server, attachTo: AttachTo): void {
  const attach = (place: unknown, options?: object): Server => {
    const port = portOf(place);
    const guard = GUARDS.find(
      (name) => (options as Record<string, unknown> | undefined)?.[name] !== undefined,
    );
    if (guard)
      throw new Error(
        `io.attach() takes no ${guard}, it would be ignored; call initSocketIO(server, { ${guard} })`,
      );
    // Socket.IO says what is wrong with anything else.
    if (port === undefined && !(place instanceof NetServer))
      return Server.prototype.attach.call(io, place as HttpServer, options) as Server;
    attachTo(port ?? (place as HttpServer), options);
    return io;
  };
  Object.assign(io, { attach, listen: attach });
}

/** Makes a server attach itself as Socket.IO does. */
export function useOwnMethods(io: Server): void {
  Reflect.deleteProperty(io, 'attach');
  Reflect.deleteProperty(io, 'listen');
}

function portOf(place: unknown): number | undefined {
  const isPort = typeof place === 'number' || (typeof place === 'string' && place.trim() !== '');
  return isPort && Number.isInteger(Number(place)) ? Number(place) : undefined;
}
