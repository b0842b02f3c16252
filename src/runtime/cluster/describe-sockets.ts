import type { Socket } from 'socket.io';
import type { PacketCodec } from '../socket-io/packet-codec';
import { encodeValues, type Parts } from './encode-values';
import type { ClusterLog } from './observers';
import type { SocketDetails } from './remote-sockets';

/**
 * Encodes sockets for `fetchSockets` of another node. If the `data` or the handshake of a socket cannot be encoded, that
 * socket is without it.
 */
export function describeSockets(codec: PacketCodec, sockets: readonly Socket[], log: ClusterLog): Parts {
  const details = sockets.map(describeSocket);
  try {
    return encodeValues(codec, [details]);
  } catch {
    return encodeValues(codec, [details.map((socket) => withoutUnencodable(codec, socket, log))]);
  }
}

function describeSocket({ id, handshake, rooms, data }: Socket): SocketDetails {
  // express-session puts its store there, which is circular.
  const { sessionStore: _sessionStore, ...rest } = handshake as Socket['handshake'] & {
    sessionStore?: unknown;
  };
  return { id, handshake: rest, rooms: [...rooms], data: data as unknown };
}

function withoutUnencodable(codec: PacketCodec, socket: SocketDetails, log: ClusterLog): SocketDetails {
  const replace = (value: unknown, what: string): unknown => {
    try {
      encodeValues(codec, [value]);
      return value;
    } catch (error) {
      log.warn(`The ${what} of socket ${socket.id} cannot be sent to another node: it is left out.`, error);
      return {};
    }
  };
  const { id, rooms } = socket;
  return {
    id,
    rooms,
    data: replace(socket.data, 'data'),
    handshake: replace(socket.handshake, 'handshake') as object,
  };
}
