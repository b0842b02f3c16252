import type { Namespace } from 'socket.io';
import { Adapter, type BroadcastOptions } from 'socket.io-adapter';

const EVENT = 2;
const NONE: ReadonlySet<string> = new Set();

/** `broadcast` of Socket.IO's own class sends to the sockets of this node, encodes once, and keeps nothing for clients that come back. */
type BroadcastHere = (this: Adapter, packet: object, opts: BroadcastOptions) => void;

/**
 * Sends an event to sockets of this node. It is not kept for clients that come back.
 *
 * @param ids the ids of the sockets
 */
export function sendToSockets(
  namespace: Namespace,
  ids: ReadonlySet<string>,
  event: string,
  payload: unknown,
): void {
  if (ids.size === 0) return;
  const { adapter } = namespace;
  if (!(adapter instanceof Adapter)) {
    // An adapter of another copy of socket.io-adapter, or of a class of its own.
    namespace.local.to([...ids]).emit(event, payload);
    return;
  }
  (Adapter.prototype.broadcast as BroadcastHere).call(
    adapter,
    { type: EVENT, nsp: namespace.name, data: [event, payload] },
    { rooms: ids as Set<string>, except: NONE as Set<string>, flags: {} },
  );
}
