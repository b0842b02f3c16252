import { NotFoundError } from '../../errors';
import { MAX_NAME_LENGTH } from '../../plan/names';
import { printable } from '../../plan/printable';
import type { AckFunction, SocketContext } from '../../types';
import { answerError } from '../answer/answer';
import { isPromise } from '../errors/run-safely';
import type { Around, BoundEvent, Packet, SocketSession } from '../model';
import { ackOf } from '../socket-io/gateway-socket';
import type { Exchange } from '../stream/exchange';
import { notExpected } from '../stream/stream-errors';
import { takeExchange } from '../stream/take-exchange';
import { createContext } from './create-context';
import { eventOf } from './event-context';
import { EventRun } from './event-run';
import { handleCalls, takesCalls } from './handle-calls';
import { receiveResult } from './owned-resources';
import { runPacketMiddlewares } from './packet-middlewares';
import { takePoints } from './rate-limits';
import { awaitAnswer, HeldPacket, type BatchBytes } from './pending';
import { refuseOverload, tooManyBytes, tooManyPending } from './refuse-overload';
import { acquireSlot } from './slots';
import { shownEvent } from '../observe/shown-event';
import { shownValue } from '../observe/shown-value';
import { runSteps } from './steps';

/*
 * START HERE: one event, from top to bottom. The steps are in steps.ts.
 *
 *   packet ─► receivePacket ─► dispatch ─► limits ─► context ─► middlewares ─► guards ─► validation ─► before hooks ─► handler
 *          ◄─ ack, once ◄──── error or result ◄───────── middlewares ◄──── rooms, user ◄──── after hooks ◄──────────────┘
 */

/** Receives a packet. Never throws, and answers its ack exactly once. `bytes` is its size as it arrived. */
export function receivePacket(session: SocketSession, packet: Packet, bytes: number): void {
  if (session.gateway.plan.packetMiddlewares.length === 0) {
    dispatch(session, packet, bytes);
    return;
  }
  if (refuseIfFull(session, packet, bytes)) return;
  const held = new HeldPacket(session, ackOf(packet), bytes);
  runPacketMiddlewares(session, packet).then(
    () => {
      held.release();
      if (!held.isRefused) dispatch(session, packet, bytes);
    },
    (error: unknown) => {
      held.release();
      if (!held.isRefused) refusePacket(session, packet, error);
    },
  );
}

/**
 * Refuses a packet that would have to wait if `limits.maxPending` packets already do, or if they hold `limits.maxPendingBytes`.
 *
 * @returns true if it was refused
 */
export function refuseIfFull(session: SocketSession, packet: Packet, bytes: number): boolean {
  const { maxPending, maxPendingBytes } = session.gateway.plan.limits;
  if (session.pending >= maxPending) refusePacket(session, packet, tooManyPending(session));
  else if (session.connection.pendingBytes + bytes > maxPendingBytes)
    refusePacket(session, packet, tooManyBytes(session));
  else return false;
  return true;
}

function refusePacket(session: SocketSession, packet: Packet, error: unknown): void {
  const { gateway, socket, path } = session;
  const { code } = answerError(gateway, socket, undefined, ackOf(packet), error);
  gateway.metrics?.refusedPacket(path, code);
}

function dispatch(session: SocketSession, packet: Packet, bytes: number): void {
  try {
    deliver(session, packet, bytes);
  } catch (error) {
    // More arguments than a listener can be called with, or a name that a middleware has replaced.
    refusePacket(session, packet, error);
  }
}

/** Finds what answers the event: a declared event, an exposed action, the catch-all, or a listener on the socket. */
function deliver(session: SocketSession, packet: Packet, bytes: number): void {
  const { gateway, socket } = session;
  // A client may send a number as the name.
  const name = String(packet[0]);
  const isName = name.length <= MAX_NAME_LENGTH;
  const event = isName ? (session.events.get(name) ?? gateway.catchAll) : undefined;
  const { request, params } = gateway.log;
  request?.(`${socket.id} sent ${shownEvent(name, event, packet.slice(1))}`);
  params?.(shownValue(packet.slice(1)));
  if (event) {
    const ack = ackOf(packet);
    const args = packet.slice(1, ack ? -1 : undefined);
    const exchange = takeExchange(args);
    if (takesCalls(event.plan.target, args[0])) {
      if (exchange?.upload) throw notExpected();
      handleCalls(session, event.plan, args, ack, bytes, (one, answer, batch) => {
        handleEvent(session, event, name, one, answer, 0, batch);
      });
    } else handleEvent(session, event, name, args, ack, bytes, undefined, exchange);
    return;
  }
  // A client may send 'error', the event by which Socket.IO reports its own errors.
  const listeners = !isName || name === 'error' ? [] : socket.rawListeners(name);
  if (listeners.length === 0) {
    const unknown = new NotFoundError('EVENT_NOT_FOUND', { event: printable(name) });
    gateway.metrics?.refusedEvent(session.path, '*', unknown.code);
    answerError(gateway, socket, undefined, ackOf(packet), unknown);
  }
  if (listeners.length === 0) return;
  const ack = ackOf(packet);
  const args = ack ? [...packet.slice(1, -1), awaitAnswer(session, ack)] : packet.slice(1);
  for (const listener of listeners) (listener as AckFunction).apply(socket, args);
}

/** Takes an event to its answer. Never throws. The only promise that it makes of an event is that of `runSteps`. */
function handleEvent(
  session: SocketSession,
  event: BoundEvent,
  name: string,
  args: unknown[],
  ack: AckFunction | undefined,
  bytes: number,
  batch?: BatchBytes,
  exchange?: Exchange,
): void {
  const run = new EventRun(session, event, ack, bytes, batch, exchange);
  try {
    refuseOverload(session, args);
    const slot = acquireSlot(session);
    run.holdsSlot = true;
    const created = slot ?? createContext(session, event, name, args);
    if (slot || isPromise(created) || event.rateLimits.length > 0) void startLater(run, created, name, args);
    else start(run, created);
  } catch (error) {
    run.fail(error);
    run.end();
  }
}

/** Starts an event that has to wait for a slot, for its context, or for its rate limits. */
async function startLater(
  run: EventRun,
  awaited: SocketContext | PromiseLike<unknown>,
  name: string,
  args: readonly unknown[],
): Promise<void> {
  const { session, event } = run;
  try {
    const created = (await awaited) as SocketContext | undefined;
    if (!session.socket.connected || run.isRefused) {
      run.end();
      return;
    }
    const ctx = created ?? (await createContext(session, event, name, args));
    if (event.rateLimits.length > 0)
      await takePoints(session.gateway, event.rateLimits, ctx, session.path, 'rateLimit');
    if (run.isRefused) run.end();
    else start(run, ctx);
  } catch (error) {
    run.fail(error);
    run.end();
  }
}

/** Starts an event that has its context. Neither promise rejects: the run receives what is thrown. */
function start(run: EventRun, ctx: SocketContext): void {
  const { session, event } = run;
  run.begin(ctx);
  if (event.around) void runAround(run, event.around, ctx);
  else void runSteps(session.gateway, event, ctx, run);
}

/** Lets the middlewares of the broker that are around an event answer it. */
async function runAround(run: EventRun, around: Around, ctx: SocketContext): Promise<void> {
  try {
    const result = await around(ctx);
    await run.succeed(result, receiveResult(run.session.gateway, eventOf(ctx), result));
  } catch (error) {
    run.fail(error);
  } finally {
    run.end();
  }
}
