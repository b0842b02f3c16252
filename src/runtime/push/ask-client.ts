import { Errors } from 'moleculer';
import type { Namespace } from 'socket.io';
import { nameOfPath, pathOf } from '../../plan/paths';
import { NotFoundError } from '../../errors';
import { printable } from '../../plan/printable';
import { ClusterError } from '../cluster/cluster-error';
import type { SocketsElsewhere } from '../model';
import { clientGone, GONE, isClientGone } from '../socket-io/client-gone';
import { mayBeSocketId } from '../socket-io/gateway-rooms';
import { optionsOf } from './audience';
import type { Reach } from './reach';
import { sendingError } from './unserializable';

/** A question to a client. */
export interface ClientQuestion {
  readonly socketId: string;
  readonly event: string;
  readonly args: readonly unknown[];
  /** In milliseconds. */
  readonly timeout: number;
}

/**
 * Asks a client.
 *
 * @returns its answers: one, or none if no node has the socket
 * @throws NotFoundError 404 if the client goes before it answers
 * @throws RequestTimeoutError 504 if the client does not answer in time
 * @throws BadRequestError 400 if the question cannot be serialized
 */
export async function askClient(reach: Reach, question: ClientQuestion): Promise<unknown[]> {
  const { gateway, here, asksByAdapter, elsewhere } = reach;
  const { socketId, event, args, timeout } = question;
  const path = here[0] ? pathOf(gateway.plan, here[0].name) : gateway.plan.paths.map(nameOfPath)[0];
  try {
    for (const namespace of here) {
      const socket = namespace.sockets.get(socketId);
      if (socket) return [(await socket.timeout(timeout).emitWithAck(event, ...args)) as unknown];
      if (asksByAdapter && (await isOnOtherNode(namespace, socketId)))
        return (await namespace
          .in(socketId)
          .timeout(timeout)
          .emitWithAck(event, ...args)) as unknown[];
    }
    if (!elsewhere || !gateway.io || !mayBeSocketId(gateway.io, socketId)) return [];
    return await askElsewhere(elsewhere, question);
  } catch (error) {
    const reason = sendingError(gateway.io, event, args, error);
    if (reason !== error) throw reason;
    if (isClientGone(error)) throw new NotFoundError('SOCKET_NOT_FOUND', { socketId });
    if (error instanceof ClusterError && error.code !== 'CLUSTER_TIMEOUT') throw error;
    gateway.metrics?.exceeded(path ?? '*', 'ackTimeout');
    throw new Errors.RequestTimeoutError({ action: printable(event), nodeID: printable(socketId) });
  }
}

// A socket's id is also the name of a room: other rooms must not answer for it.
async function isOnOtherNode(namespace: Namespace, id: string): Promise<boolean> {
  if (!mayBeSocketId(namespace.server, id)) return false;
  return (await namespace.in(id).fetchSockets()).some((socket) => socket.id === id);
}

// A node that is gone without the others knowing does not answer: the first answer ends the question.
async function askElsewhere(
  elsewhere: SocketsElsewhere,
  { socketId, event, args, timeout }: ClientQuestion,
): Promise<unknown[]> {
  const opts = { ...optionsOf({ rooms: socketId }), flags: { timeout } };
  const answer = await new Promise<unknown[]>((resolve, reject) => {
    elsewhere
      .emitWithAck(
        [event, ...args],
        opts,
        () => undefined,
        (value) => {
          resolve([value]);
        },
      )
      .then(() => {
        resolve([]);
      }, reject);
  });
  if (answer[0] === GONE) throw clientGone({ socketId });
  return answer;
}
