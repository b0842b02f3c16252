import { Namespace, Socket, type Server } from 'socket.io';
import { missingMembers, type UsedMembers } from '../errors/missing-members';

/*
 * Lists the members of Socket.IO that this folder uses and that its types do not declare.
 */

const USED_OF_SERVER: UsedMembers = {
  _checkNamespace: 'function',
  bind: 'function',
  '_nsps.get': 'function',
  'parentNsps.get': 'function',
  '_parser.Decoder': 'function',
  opts: 'object',
  'sockets._fns.splice': 'function',
  'sockets._preConnectSockets.get': 'function',
  'sockets.adapter.delAll': 'function',
};
const USED_OF_NAMESPACES: UsedMembers = {
  _add: 'function',
  _createSocket: 'function',
  _doConnect: 'function',
  _onServerSideEmit: 'function',
  _remove: 'function',
};
const USED_OF_SOCKETS: UsedMembers = {
  _cleanup: 'function',
  _error: 'function',
  _onclose: 'function',
  _onpacket: 'function',
  dispatch: 'function',
  packet: 'function',
  run: 'function',
};

/**
 * Checks that Socket.IO still has the private members that are used here. Called once per server, when it is constructed.
 *
 * @throws Error that names the missing members
 */
export function checkSocketIO(io: Server): void {
  const missing = [
    ...missingMembers(io, USED_OF_SERVER).map((path) => `io.${path}`),
    ...missingMembers(Namespace.prototype, USED_OF_NAMESPACES).map((path) => `Namespace.prototype.${path}`),
    ...missingMembers(Socket.prototype, USED_OF_SOCKETS).map((path) => `Socket.prototype.${path}`),
  ];
  if (missing.length === 0) return;
  throw new Error(
    `moleculer-socket-gateway does not know this version of Socket.IO: ${missing.join(', ')} is missing; ` +
      'use a version of socket.io that its dependencies name, or update moleculer-socket-gateway',
  );
}
