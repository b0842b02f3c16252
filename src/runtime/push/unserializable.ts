import type { Server } from 'socket.io';
import { BadRequestError } from '../../errors';
import { encode } from '../socket-io/packet-codec';

/** The type of Socket.IO's packet for an event. */
const EVENT = 2;

/**
 * Checks the arguments of an event for values that Socket.IO would take for a callback.
 *
 * @throws BadRequestError 400 `ARGS_NOT_SERIALIZABLE`
 */
export function refuseFunctions(args: readonly unknown[]): void {
  if (args.some((arg) => typeof arg === 'function')) throw new BadRequestError('ARGS_NOT_SERIALIZABLE');
}

/**
 * Returns the error of an event that could not be sent: BadRequestError 400 if its arguments cannot be serialized (a circle, a
 * BigInt), else the failure itself. The arguments are serialized a second time only here.
 */
export function sendingError(
  server: Server | undefined,
  event: string,
  args: readonly unknown[],
  failure: unknown,
): unknown {
  if (!server) return failure;
  try {
    encode(server, { type: EVENT, nsp: '/', data: [event, ...args] });
    return failure;
  } catch {
    return new BadRequestError('ARGS_NOT_SERIALIZABLE');
  }
}
