import { Namespace, Socket, type Server } from 'socket.io';
import { missingMembers, type UsedMembers } from '../errors/missing-members';

/*
 * Lists the members of Socket.IO and Engine.IO that this folder uses and that their types do not declare.
 */

const USED_OF_SERVER: UsedMembers = {
  _checkNamespace: 'function',
  bind: 'function',
  '_nsps.get': 'function',
  'parentNsps.get': 'function',
  'parentNamespacesFromRegExp.get': 'function',
  '_parser.Decoder': 'function',
  encoder: 'object',
  opts: 'object',
  'sockets._fns.splice': 'function',
  'sockets._ids': 'number',
  'sockets._preConnectSockets.get': 'function',
  'sockets.adapter.delAll': 'function',
};
const USED_OF_NAMESPACES: UsedMembers = {
  _add: 'function',
  _createSocket: 'function',
  _doConnect: 'function',
  _initAdapter: 'function',
  _onServerSideEmit: 'function',
  _remove: 'function',
};
const USED_OF_BROADCASTS: UsedMembers = {
  flags: 'object',
  adapter: 'object',
  timeout: 'function',
};
const USED_OF_SOCKET_CLASS: UsedMembers = {
  _cleanup: 'function',
  _error: 'function',
  _onclose: 'function',
  _onpacket: 'function',
  dispatch: 'function',
  packet: 'function',
  run: 'function',
};
const USED_OF_SOCKETS: UsedMembers = {
  'acks.get': 'function',
  client: 'object',
  flags: 'object',
  'fns.push': 'function',
};
const USED_OF_ENGINE: UsedMembers = {
  clients: 'object',
  'opts.maxHttpBufferSize': 'number',
  on: 'function',
  use: 'function',
};

/**
 * Checks that Socket.IO still has the private members that are used here. Called once per server, when it is constructed.
 *
 * @throws Error that names the missing members
 */
export function checkSocketIO(io: Server): void {
  refuseMissing([
    ...missingMembers(io, USED_OF_SERVER).map((path) => `io.${path}`),
    ...missingMembers(Namespace.prototype, USED_OF_NAMESPACES).map((path) => `Namespace.prototype.${path}`),
    ...missingMembers(io.in([]), USED_OF_BROADCASTS).map((path) => `io.in([]).${path}`),
    ...missingMembers(Socket.prototype, USED_OF_SOCKET_CLASS).map((path) => `Socket.prototype.${path}`),
    ...missingOfSockets(io).map((path) => `socket.${path}`),
  ]);
}

/**
 * Checks that Engine.IO still has the private members that are used here. Called when a server is attached.
 *
 * @throws Error that names the missing members
 */
export function checkEngineIO({ engine }: Server): void {
  refuseMissing(missingMembers(engine, USED_OF_ENGINE).map((path) => `io.engine.${path}`));
}

/** Looks at a socket without a connection, which never enters its namespace. */
function missingOfSockets(io: Server): string[] {
  const Probe = Socket as object as new (namespace: Namespace, client: object, auth: object) => Socket;
  let probe: Socket;
  try {
    probe = new Probe(io.sockets, { server: io, conn: {} }, {});
  } catch {
    // Another version may want more of a client than this. That alone is no reason to refuse it.
    return [];
  }
  return missingMembers(probe, USED_OF_SOCKETS);
}

function refuseMissing(missing: readonly string[]): void {
  if (missing.length === 0) return;
  throw new Error(
    `moleculer-socket-gateway does not know this version of Socket.IO: ${missing.join(', ')} is missing; ` +
      'use a version of socket.io that its dependencies name, or update moleculer-socket-gateway',
  );
}
