import { NotFoundError, PayloadTooLarge, RateLimitExceeded } from '../errors';
import { injectAck } from '../compiler/injected-ack';
import type { HandlerPlan } from '../compiler/plan';
import type { AckFunction, SocketContext } from '../types';
import { isTimeout } from './abort-signal';
import { answerError, answerResult, injectableAck } from './answer';
import { resolveExposed } from './auto-expose/resolve-exposed';
import { callAction, replaceMeta, resolveAction, type ProxiedCall } from './call-action';
import { isPromise } from './errors/guarded';
import { toError } from './errors/wire-error';
import { handleCalls, takesCalls } from './handle-calls';
import type { BoundEvent, BoundTarget, GatewayRuntime } from './gateway-runtime';
import { checkPolicies, checkUser } from './guard-event';
import { ackOf } from './guard-socket';
import { runAfterHooks, runBeforeHooks, runErrorHooks } from './call-hooks';
import { passPacketMiddlewares } from './packet-middlewares';
import { isDeeperThan } from './payload-depth';
import { takePoints } from './rate-limits';
import type { EventSpan } from './trace-event';
import { awaitTurn, passTurn } from './turns';
import { saveUserAndRooms } from './save-user-and-rooms';
import { finishEvent, type EventContext } from './socket-context';
import type { SocketSession } from './socket-session';

/*
 * START HERE: one event, from top to bottom.
 *
 *   packet ─► receivePacket ─► dispatch ─► limits ─► context ─► middlewares ─► guards ─► validation ─► before hooks ─► handler
 *          ◄─ ack, once ◄──── error or result ◄───────── middlewares ◄──── rooms, user ◄──── after hooks ◄──────────────┘
 */

/** A packet as Socket.IO hands it over: the event, its arguments, and the ack where the client asked for one. */
export type Packet = unknown[];

/** Takes a packet in. Never throws, and answers its ack exactly once. */
export function receivePacket(gateway: GatewayRuntime, session: SocketSession, packet: Packet): void {
  if (gateway.plan.packetMiddlewares.length === 0) {
    dispatch(gateway, session, packet);
    return;
  }
  if (refuseOneMore(gateway, session, packet)) return;
  session.pending++;
  passPacketMiddlewares(gateway, session, packet).then(
    () => {
      session.pending--;
      dispatch(gateway, session, packet);
    },
    (error: unknown) => {
      session.pending--;
      refusePacket(gateway, session, packet, error);
    },
  );
}

/** Refuses a packet that would have to wait where too many do already. */
export function refuseOneMore(gateway: GatewayRuntime, session: SocketSession, packet: Packet): boolean {
  const { maxPending } = gateway.plan.limits;
  if (session.pending < maxPending) return false;
  gateway.metrics?.exceeded(session.path, 'maxPending');
  refusePacket(gateway, session, packet, new RateLimitExceeded('TOO_MANY_PENDING', { maxPending }));
  return true;
}

function refusePacket(gateway: GatewayRuntime, session: SocketSession, packet: Packet, error: unknown): void {
  const { code } = answerError(gateway, session.socket, undefined, ackOf(packet), error);
  gateway.metrics?.refusedPacket(session.path, code);
}

function dispatch(gateway: GatewayRuntime, session: SocketSession, packet: Packet): void {
  try {
    deliver(gateway, session, packet);
  } catch (error) {
    // More arguments than a listener can be called with, or a name that a middleware has made of something.
    refusePacket(gateway, session, packet, error);
  }
}

/** Finds what answers the event: a declared event, one that an action asked for, the catch-all, or a listener that the user put on the socket. */
function deliver(gateway: GatewayRuntime, session: SocketSession, packet: Packet): void {
  const { socket } = session;
  // A client may also send a number as the name.
  const name = String(packet[0]);
  const event = session.events.get(name) ?? gateway.catchAll;
  const { request, params } = gateway.log;
  request?.(`${socket.id} sent '${name}'`);
  params?.(packet.slice(1));
  if (event) {
    const ack = ackOf(packet);
    const args = packet.slice(1, ack ? -1 : undefined);
    if (takesCalls(event.plan.target, args[0])) {
      handleCalls(gateway, session, event.plan, args, ack, (one, answer) =>
        handleEvent(gateway, session, event, name, one, answer),
      );
    } else void handleEvent(gateway, session, event, name, args, ack);
    return;
  }
  // A client may send 'error', which is where Socket.IO reports its own.
  const listeners = name === 'error' ? [] : socket.rawListeners(name);
  if (listeners.length === 0) {
    const unknown = new NotFoundError('EVENT_NOT_FOUND', { event: name });
    gateway.metrics?.event(session.path, '*')(unknown.code);
    answerError(gateway, socket, undefined, ackOf(packet), unknown);
  }
  for (const listener of listeners) {
    (listener as AckFunction).apply(socket, packet.slice(1));
  }
}

async function handleEvent(
  gateway: GatewayRuntime,
  session: SocketSession,
  event: BoundEvent,
  name: string,
  args: unknown[],
  ack: AckFunction | undefined,
): Promise<void> {
  const { socket } = session;
  let ctx: EventContext | undefined;
  let hasTurn = false;
  const measured = gateway.metrics?.event(session.path, event.plan.name);
  let failure: unknown;
  let errorCode: unknown;
  let span: EventSpan | undefined;
  session.pending++;
  try {
    refuseOverload(gateway, session, args);
    const turn = awaitTurn(session, gateway.plan.limits.concurrency);
    hasTurn = true;
    if (turn) {
      await turn;
      if (!socket.connected) return;
    }
    const created = createContext(gateway, session, event, name, args);
    ctx = isPromise(created) ? await created : created;
    if (event.trace) span = event.trace(ctx, session.path);
    if (event.rateLimits.length > 0)
      await takePoints(gateway, event.rateLimits, ctx, session.path, 'rateLimit');
    if (ack && event.answersItself) injectAck(ctx, injectableAck(gateway, socket, ctx, ack));
    const result = await (event.around ? event.around(ctx) : passEvent(gateway, event, ctx));
    if (ack && !event.answersItself) answerResult(gateway, socket, ctx, ack, result);
  } catch (error) {
    failure = error;
    span?.fail(error);
    errorCode = answerError(gateway, socket, ctx, ack, error).code;
  } finally {
    measured?.(errorCode);
    span?.finish();
    if (ctx) finishEvent(ctx, failure);
    session.pending--;
    if (hasTurn) passTurn(session);
  }
}

/** From the guards to the last hook: what middlewares of the broker may stand around. */
export async function passEvent(
  gateway: GatewayRuntime,
  event: BoundTarget,
  ctx: EventContext,
): Promise<unknown> {
  const { guard, hooks, target } = event.plan;
  let call: ProxiedCall | undefined;
  if (target.kind === 'proxy') call = resolveAction(gateway, target, ctx);
  else if (target.kind === 'action') call = resolveExposed(gateway, target, ctx);
  if (guard) checkUser(guard, ctx);
  if (target.kind === 'handler') {
    const validated = validate(target.bodies, ctx);
    if (validated) await validated;
  }
  if (guard && guard.policies.length > 0) await checkPolicies(guard, ctx, gateway.service);

  try {
    if (hooks.before.length > 0) {
      const asked = call ?? { action: event.action, options: ctx.options };
      const hooked = runBeforeHooks(gateway, hooks.before, ctx, asked);
      if (hooked) await hooked;
    }
    if (call) replaceMeta(ctx, call.options);
    const before = ctx.meta.user;
    let result = await (call ? callAction(gateway, ctx, call) : event.run(ctx));
    if (hooks.after.length > 0) {
      result = runAfterHooks(gateway, hooks.after, ctx, result);
      if (isPromise(result)) result = await result;
    }
    const saved = saveUserAndRooms(gateway, ctx.socket, ctx, before);
    if (saved) await saved;
    return result;
  } catch (error) {
    if (hooks.error.length === 0) throw error;
    // A handler that took too long still runs, whatever the hooks make of it.
    if (isTimeout(error)) finishEvent(ctx, error);
    return runErrorHooks(gateway, hooks.error, ctx, toError(error));
  }
}

/** A client that asks for more than the gateway can bear is refused before anything is made for it. */
function refuseOverload(gateway: GatewayRuntime, session: SocketSession, args: readonly unknown[]): void {
  const { maxPending, maxDepth } = gateway.plan.limits;
  if (session.pending > maxPending) {
    gateway.metrics?.exceeded(session.path, 'maxPending');
    throw new RateLimitExceeded('TOO_MANY_PENDING', { maxPending });
  }
  for (const arg of args) {
    if (typeof arg !== 'object' || !isDeeperThan(arg, maxDepth)) continue;
    gateway.metrics?.exceeded(session.path, 'maxDepth');
    throw new PayloadTooLarge({ maxDepth });
  }
}

/** Makes the Moleculer context of the event; only an overridden `socketGetMeta` can make it a promise. */
function createContext(
  gateway: GatewayRuntime,
  session: SocketSession,
  event: BoundEvent,
  name: string,
  args: readonly unknown[],
): EventContext | PromiseLike<EventContext> {
  const { broker, service, Context } = gateway;
  const meta = service.socketGetMeta(session.socket);
  if (!gateway.overridesMeta && !isPromise(meta))
    return new Context(broker, event.endpoint, session, name, args, meta);
  // The application made it, and may have made it once for all: what is written into it must be for this call.
  const create = (own: object): EventContext =>
    new Context(broker, event.endpoint, session, name, args, { ...own });
  return isPromise(meta) ? Promise.resolve(meta as PromiseLike<object>).then(create) : create(meta);
}

/** Replaces the arguments that have a declared type by what validation makes of them; a promise where a check waits. */
function validate(bodies: HandlerPlan['bodies'], ctx: SocketContext, from = 0): Promise<void> | undefined {
  const args = ctx.args as unknown[];
  for (let i = from; i < bodies.length; i++) {
    const { index, check } = bodies[i] as HandlerPlan['bodies'][number];
    const checked = check(args[index]);
    if (checked instanceof Promise) {
      return checked.then((value: unknown) => {
        replaceArgument(ctx, args, index, value);
        return validate(bodies, ctx, i + 1);
      });
    }
    replaceArgument(ctx, args, index, checked);
  }
  return undefined;
}

function replaceArgument(ctx: SocketContext, args: unknown[], index: number, value: unknown): void {
  args[index] = value;
  if (index === 0) ctx.params = value;
}
