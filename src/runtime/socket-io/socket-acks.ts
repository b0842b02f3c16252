import type { Socket } from 'socket.io';
import { printable } from '../../plan/printable';
import { boundedDelay } from '../errors/bounded-delay';
import { runSafely } from '../errors/run-safely';
import type { SocketSession } from '../model';
import { clientGone, GONE, isClientGone } from './client-gone';
import { safeCallback, type Callback } from './safe-listeners';

/*
 * Tracks the acks that the server awaits from one socket. Each has a timeout, ends when the client disconnects, and its
 * callback may throw without ending the process.
 */

/** The parts of a socket that its types do not show. */
interface SocketParts {
  readonly flags: { timeout?: number };
  /** Called with the arguments of an answer: acks of the socket, and of broadcasts from whatever node. */
  readonly acks: Map<number, (this: Socket, ...answer: unknown[]) => unknown>;
}

function partsOf(socket: Socket): SocketParts {
  return socket as object as SocketParts;
}

/** Returns the ack of an event that the server emits, as Socket.IO shall keep it. */
export function prepareAck(session: SocketSession, event: string, ack: Callback): Callback {
  const { flags } = partsOf(session.socket);
  const safe = safeCallback(`the ack of '${printable(event)}'`, ack);
  if (flags.timeout === undefined) {
    // Without a timeout the callback expects no error.
    return limitAck(session, function (...answer) {
      return answer[0] === GONE ? undefined : safe.apply(this, answer);
    });
  }
  flags.timeout = boundedDelay(flags.timeout);
  return function (error, ...answer) {
    return answer[0] === GONE
      ? safe.call(this, clientGone({ socketId: session.socket.id }))
      : safe.call(this, error, ...answer);
  };
}

/** Waits for the answer of a client: for `limits.ackTimeout` at most, if the call names no timeout. */
export function limitAnswer(session: SocketSession, emit: () => Promise<unknown>): Promise<unknown> {
  const { flags } = partsOf(session.socket);
  if (flags.timeout !== undefined) return emit();
  flags.timeout = boundedDelay(session.gateway.plan.limits.ackTimeout);
  const answered = emit();
  answered.catch((error: unknown) => {
    if (!isClientGone(error)) countLateAck(session);
  });
  return answered;
}

/** Ends everything that waits for an answer of a client that has gone, here and on other nodes. */
export function settleAcks({ gateway, socket }: SocketSession): void {
  const { acks } = partsOf(socket);
  const waiting = [...acks.values()];
  acks.clear();
  for (const ack of waiting)
    runSafely('the ack of a client that has gone failed', gateway.report, () => ack.call(socket, GONE));
}

/** Limits an ack without a timeout of its own to `limits.ackTimeout`: the client may never answer. */
function limitAck(session: SocketSession, ack: Callback): Callback {
  const { socket, gateway } = session;
  const { acks } = partsOf(socket);
  const { ackTimeout } = gateway.plan.limits;
  if (!Number.isFinite(ackTimeout)) return ack;
  const limited: Callback = function (...args) {
    clearTimeout(timer);
    return ack.apply(this, args);
  };
  const timer = setTimeout(() => {
    for (const [id, waiting] of acks) if ((waiting as unknown) === limited) acks.delete(id);
    countLateAck(session);
  }, boundedDelay(ackTimeout)).unref();
  return limited;
}

function countLateAck({ gateway, path }: SocketSession): void {
  gateway.metrics?.exceeded(path, 'ackTimeout');
}
