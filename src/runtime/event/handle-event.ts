import { NotFoundError } from '../../errors';
import { MAX_NAME_LENGTH } from '../../plan/names';
import { printable } from '../../plan/printable';
import type { AckFunction } from '../../types';
import { isTimeout } from './abort-signal';
import { answerError } from '../answer/answer';
import { createContext } from './create-context';
import { EventRun } from './event-run';
import { resolveExposed } from './resolve-exposed';
import { callAction, replaceMeta, resolveAction, type ProxiedCall } from './call-action';
import { isPromise } from '../errors/run-safely';
import { toError } from '../answer/wire-error';
import { handleCalls, takesCalls } from './handle-calls';
import type { BoundEvent, BoundTarget, GatewayRuntime } from '../gateway/build-gateway';
import { checkPolicies, checkUser } from '../user/check-guard';
import { ackOf } from '../socket-io/gateway-socket';
import { runAfterHooks, runBeforeHooks, runErrorHooks } from './call-hooks';
import { passPacketMiddlewares } from './packet-middlewares';
import { takePoints } from './rate-limits';
import { refuseOverload, tooManyPending } from './refuse-overload';
import type { Around } from './around';
import { awaitTurn } from './slots';
import { saveUserAndRooms } from './save-user-and-rooms';
import { shownValue } from '../shown-value';
import { finishEvent, type EventContext } from './event-context';
import type { SocketSession } from '../model';
import { validateArguments } from './validate-arguments';

/*
 * START HERE: one event, from top to bottom.
 *
 *   packet ─► receivePacket ─► dispatch ─► limits ─► context ─► middlewares ─► guards ─► validation ─► before hooks ─► handler
 *          ◄─ ack, once ◄──── error or result ◄───────── middlewares ◄──── rooms, user ◄──── after hooks ◄──────────────┘
 */

/** A packet as Socket.IO hands it over: the event, its arguments, and the ack where the client asked for one. */
export type Packet = unknown[];

/** Takes a packet in. Never throws, and answers its ack exactly once. */
export function receivePacket(session: SocketSession, packet: Packet): void {
  const { gateway } = session;
  if (gateway.plan.packetMiddlewares.length === 0) {
    dispatch(session, packet);
    return;
  }
  if (refuseOneMore(session, packet)) return;
  session.pending++;
  passPacketMiddlewares(gateway, session, packet).then(
    () => {
      session.pending--;
      dispatch(session, packet);
    },
    (error: unknown) => {
      session.pending--;
      refusePacket(session, packet, error);
    },
  );
}

/** Refuses a packet that would have to wait where too many do already. */
export function refuseOneMore(session: SocketSession, packet: Packet): boolean {
  if (session.pending < session.gateway.plan.limits.maxPending) return false;
  refusePacket(session, packet, tooManyPending(session));
  return true;
}

function refusePacket(session: SocketSession, packet: Packet, error: unknown): void {
  const { gateway } = session;
  const { code } = answerError(gateway, session.socket, undefined, ackOf(packet), error);
  gateway.metrics?.refusedPacket(session.path, code);
}

function dispatch(session: SocketSession, packet: Packet): void {
  try {
    deliver(session, packet);
  } catch (error) {
    // More arguments than a listener can be called with, or a name that a middleware has made of something.
    refusePacket(session, packet, error);
  }
}

/** Finds what answers the event: a declared event, one that an action asked for, the catch-all, or a listener that the user put on the socket. */
function deliver(session: SocketSession, packet: Packet): void {
  const { gateway, socket } = session;
  // A client may also send a number as the name.
  const name = String(packet[0]);
  const isName = name.length <= MAX_NAME_LENGTH;
  const event = isName ? (session.events.get(name) ?? gateway.catchAll) : undefined;
  const { request, params } = gateway.log;
  request?.(`${socket.id} sent '${printable(name)}'`);
  params?.(shownValue(packet.slice(1)));
  if (event) {
    const ack = ackOf(packet);
    const args = packet.slice(1, ack ? -1 : undefined);
    if (takesCalls(event.plan.target, args[0])) {
      handleCalls(gateway, session, event.plan, args, ack, (one, answer) =>
        handleEvent(gateway, session, event, name, one, answer),
      );
    } else handleEvent(gateway, session, event, name, args, ack);
    return;
  }
  // A client may send 'error', which is where Socket.IO reports its own.
  const listeners = !isName || name === 'error' ? [] : socket.rawListeners(name);
  if (listeners.length === 0) {
    const unknown = new NotFoundError('EVENT_NOT_FOUND', { event: printable(name) });
    gateway.metrics?.refusedEvent(session.path, '*', unknown.code);
    answerError(gateway, socket, undefined, ackOf(packet), unknown);
  }
  for (const listener of listeners) {
    (listener as AckFunction).apply(socket, packet.slice(1));
  }
}

/** Takes an event to its answer. Never throws; what it makes of the event is one promise, that of `passEvent`. */
function handleEvent(
  gateway: GatewayRuntime,
  session: SocketSession,
  event: BoundEvent,
  name: string,
  args: unknown[],
  ack: AckFunction | undefined,
): void {
  const run = new EventRun(gateway, session, event, ack);
  try {
    refuseOverload(session, args);
    const turn = awaitTurn(session, gateway.plan.limits.concurrency);
    run.hasTurn = true;
    const created = turn ?? createContext(gateway, session, event, name, args);
    if (turn || isPromise(created) || event.rateLimits.length > 0) void startLater(run, created, name, args);
    else start(run, created);
  } catch (error) {
    run.fail(error);
    run.end();
  }
}

/** Starts an event that has to wait: for its turn, for its context, or to be counted. */
async function startLater(
  run: EventRun,
  awaited: EventContext | PromiseLike<unknown>,
  name: string,
  args: readonly unknown[],
): Promise<void> {
  const { gateway, session, event } = run;
  try {
    const created = (await awaited) as EventContext | undefined;
    if (!session.socket.connected) {
      run.end();
      return;
    }
    const ctx = created ?? (await createContext(gateway, session, event, name, args));
    if (event.rateLimits.length > 0)
      await takePoints(gateway, event.rateLimits, ctx, session.path, 'rateLimit');
    start(run, ctx);
  } catch (error) {
    run.fail(error);
    run.end();
  }
}

/** Starts an event that has its context. Both ways never reject, since the run takes what is thrown. */
function start(run: EventRun, ctx: EventContext): void {
  const { gateway, event } = run;
  run.begin(ctx);
  if (event.around) void passAround(run, event.around, ctx);
  else void passEvent(gateway, event, ctx, run);
}

/** Lets the middlewares of the broker that stand around an event answer it. */
async function passAround(run: EventRun, around: Around, ctx: EventContext): Promise<void> {
  try {
    run.succeed(await around(ctx));
  } catch (error) {
    run.fail(error);
  } finally {
    run.end();
  }
}

/**
 * From the guards to the last hook: what middlewares of the broker may stand around.
 *
 * @param run is given the answer; undefined where middlewares stand around the event and answer it
 * @throws what the event fails with, where there is no run
 */
export async function passEvent(
  gateway: GatewayRuntime,
  event: BoundTarget,
  ctx: EventContext,
  run?: EventRun,
): Promise<unknown> {
  const { guard, hooks, target } = event.plan;
  try {
    let call: ProxiedCall | undefined;
    if (target.kind === 'proxy') call = resolveAction(gateway, target, ctx);
    else if (target.kind === 'action') call = resolveExposed(gateway, target, ctx);
    if (guard) checkUser(guard, ctx);
    if (target.kind === 'handler') {
      const validated = validateArguments(target.bodies, ctx);
      if (validated) await validated;
    }
    if (guard && guard.policies.length > 0) await checkPolicies(guard, ctx, gateway.service);

    let result: unknown;
    try {
      if (hooks.before.length > 0) {
        const asked = call ?? { action: event.action, options: ctx.options };
        const hooked = runBeforeHooks(gateway, hooks.before, ctx, asked);
        if (hooked) await hooked;
      }
      if (call) replaceMeta(ctx, call.options);
      const before = ctx.meta.user;
      result = await (call ? callAction(gateway, ctx, call) : event.run(ctx));
      if (hooks.after.length > 0) {
        result = runAfterHooks(gateway, hooks.after, ctx, result);
        if (isPromise(result)) result = await result;
      }
      const saved = saveUserAndRooms(gateway, ctx.socket, ctx, before);
      if (saved) await saved;
    } catch (error) {
      if (hooks.error.length === 0) throw error;
      // A handler that took too long still runs, whatever the hooks make of it.
      if (isTimeout(error)) finishEvent(ctx, error);
      result = await runErrorHooks(gateway, hooks.error, ctx, toError(error));
    }
    run?.succeed(result);
    return result;
  } catch (error) {
    if (!run) throw error;
    run.fail(error);
    return undefined;
  } finally {
    run?.end();
  }
}
