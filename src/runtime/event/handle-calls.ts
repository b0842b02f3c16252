import type { EventPlan } from '../../plan/plan';
import { BadRequestError, RateLimitExceeded } from '../../errors';
import { MAX_SHOWN_LENGTH, printable } from '../../plan/printable';
import type { AckFunction } from '../../types';
import { answerError, answerUnserializable } from '../answer/answer';
import type { Gateway, Outcome, SocketSession } from '../model';
import { BatchBytes } from './pending';
import { tooManyBytes } from './refuse-overload';

/** A call of a packet of several, and the name that its result gets: a key, or a place. */
interface NamedCall {
  readonly name: string | number;
  /** As the event of a single call has them. */
  readonly args: unknown[];
}

/** Handles one call as the event that it would be if it had come alone. */
type HandleOne = (args: unknown[], answer: AckFunction, batch: BatchBytes) => void;

/** Returns true if a packet asks for several calls: the proxy allows it, and the first argument is not the name of an action. */
export function takesCalls(target: EventPlan['target'], first: unknown): first is object {
  return target.kind === 'proxy' && target.multi && typeof first === 'object' && first !== null;
}

/**
 * Handles a packet of several calls, as `broker.mcall` would: all of them at once, each with a context of its own and
 * with every check that it would have to pass alone. The results have the order, or the names, of the calls; the first
 * failure is the answer, unless the client wants them settled. Never throws, and answers once.
 *
 * @param args the calls, and `{ settled: true }`
 * @param bytes of the packet
 */
export function handleCalls(
  session: SocketSession,
  event: EventPlan,
  args: readonly unknown[],
  ack: AckFunction | undefined,
  bytes: number,
  handle: HandleOne,
): void {
  const { gateway } = session;
  try {
    const settled = readSettled(args[1]);
    if (session.connection.pendingBytes + bytes > gateway.plan.limits.maxPendingBytes)
      throw tooManyBytes(session);
    const calls = readCalls(gateway, session, args[0] as object);
    const batch = new BatchBytes(session, bytes, calls.length);
    const answers = collectAnswers(gateway, session, Array.isArray(args[0]), settled, calls, ack);
    for (const [at, call] of calls.entries()) handle(call.args, answers(at, call.name), batch);
  } catch (error) {
    const { code } = answerError(gateway, session.socket, undefined, ack, error);
    gateway.metrics?.refusedEvent(session.path, event.name, code);
  }
}

/**
 * Gives every call an ack of its own, and answers the packet when all of them are called. It waits for the acks: a
 * method that answers errors (`socketOnError`) may take its time. A client that has gone gets none, nor does the packet.
 */
function collectAnswers(
  gateway: Gateway,
  { socket }: SocketSession,
  inOrder: boolean,
  settled: boolean,
  calls: readonly NamedCall[],
  ack: AckFunction | undefined,
): (at: number, name: NamedCall['name']) => AckFunction {
  const results: [NamedCall['name'], unknown][] = [];
  let missing = calls.length;
  let failed = false;
  const answer = (): void => {
    if (!ack) return;
    try {
      // Not by assignment: a client may name a call `__proto__`.
      gateway.ackWriter.succeed(
        ack,
        inOrder ? results.map(([, result]) => result) : Object.fromEntries(results),
      );
    } catch (error) {
      answerUnserializable(gateway, socket, undefined, ack, 'the results', error);
    }
  };
  if (missing === 0) answer();
  return (at, name) =>
    (...written) => {
      if (failed || results[at]) return;
      const outcome = gateway.ackWriter.read(written);
      if (!outcome.ok && !settled) {
        // As it was written for the call: masked, logged, in the format of the gateway.
        ack?.(...written);
        failed = true;
        return;
      }
      results[at] = [name, settled ? settledOutcome(outcome) : valueOf(outcome)];
      if (--missing === 0) answer();
    };
}

function settledOutcome(outcome: Outcome): object {
  return outcome.ok
    ? { status: 'fulfilled', value: valueOf(outcome) }
    : { status: 'rejected', reason: outcome.error };
}

// Without a result is null, as in the answer to a single call: JSON would leave it out.
function valueOf(outcome: Outcome): unknown {
  return outcome.ok ? (outcome.data ?? null) : null;
}

/** @throws BadRequestError 400: nothing else is for the client to choose */
function readSettled(options: unknown): boolean {
  if (options === undefined || options === null) return false;
  if (isPlain(options)) {
    const { settled = false, ...others } = options;
    if (typeof settled === 'boolean' && Object.keys(others).length === 0) return settled;
  }
  throw new BadRequestError('CALL_OPTIONS_NOT_VALID', { allowed: ['settled'] });
}

/**
 * Looks at all calls before any of them is made.
 *
 * @throws RateLimitExceeded 429 if they are more than may be pending, BadRequestError 400 if one of them is none
 */
function readCalls(gateway: Gateway, session: SocketSession, calls: object): NamedCall[] {
  if (!Array.isArray(calls) && !isPlain(calls)) throw new BadRequestError('CALLS_NOT_VALID');
  const names = Object.keys(calls);
  const { maxPending } = gateway.plan.limits;
  const count = Array.isArray(calls) ? calls.length : names.length;
  if (session.pending + count > maxPending) {
    gateway.metrics?.exceeded(session.path, 'maxPending');
    throw new RateLimitExceeded('TOO_MANY_PENDING', { maxPending });
  }
  if (Array.isArray(calls)) return calls.map((call: unknown, at) => ({ name: at, args: readCall(call, at) }));
  return names.map((name) => ({ name, args: readCall(calls[name], name) }));
}

function readCall(call: unknown, name: NamedCall['name']): unknown[] {
  const shownName = typeof name === 'string' ? printable(name) : name;
  // The name is sent back with the result.
  if (shownName !== name) {
    const allowed = `names of at most ${MAX_SHOWN_LENGTH} characters, none of them a control character`;
    throw new BadRequestError('CALL_NOT_VALID', { call: shownName, allowed });
  }
  if (isPlain(call)) {
    const { action, params, ...others } = call;
    // Options of a call (a node, a timeout, meta) are the gateway's to choose: `callOptions`.
    if (typeof action === 'string' && Object.keys(others).length === 0)
      return params === undefined ? [action] : [action, params];
  }
  throw new BadRequestError('CALL_NOT_VALID', { call: name, allowed: ['action', 'params'] });
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
