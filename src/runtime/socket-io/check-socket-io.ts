import { Namespace, Server, Socket } from 'socket.io';

/*
 * What this folder uses of Socket.IO beyond its types.
 */

type TypeName = 'function' | 'object';

const METHODS = {
  Server: ['_checkNamespace', 'bind'],
  Namespace: ['_add', '_createSocket', '_doConnect', '_remove'],
  Socket: ['_cleanup', '_error', '_onclose', '_onpacket', 'dispatch', 'run'],
} as const;

/** Paths of members of a server, with the type that each must have. */
const MEMBERS: Readonly<Record<string, TypeName>> = {
  '_nsps.get': 'function',
  'parentNsps.get': 'function',
  '_parser.Decoder': 'function',
  opts: 'object',
  'sockets._fns.splice': 'function',
  'sockets._preConnectSockets.get': 'function',
  'sockets.adapter.delAll': 'function',
};

/**
 * Checks that Socket.IO still has the private members that are used here. Called once per server, when it is constructed.
 *
 * @throws Error that names the missing members
 */
export function checkSocketIO(io: Server): void {
  const classes = { Server, Namespace, Socket };
  const methods = Object.entries(METHODS).flatMap(([name, members]) => {
    const prototype = classes[name as keyof typeof METHODS].prototype as object as Record<string, unknown>;
    return members
      .filter((member) => typeof prototype[member] !== 'function')
      .map((member) => `${name}.prototype.${member}`);
  });
  const members = Object.entries(MEMBERS)
    .filter(([path, type]) => typeof memberAt(io, path) !== type)
    .map(([path]) => `io.${path}`);
  const missing = [...methods, ...members];
  if (missing.length === 0) return;
  throw new Error(
    `moleculer-socket-gateway does not know this version of Socket.IO: ${missing.join(', ')} is missing; ` +
      'use a version of socket.io that its dependencies name, or update moleculer-socket-gateway',
  );
}

function memberAt(owner: object, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((one, name) => (one as Record<string, unknown> | undefined)?.[name], owner);
}
