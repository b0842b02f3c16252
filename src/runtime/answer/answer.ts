import type { Socket } from 'socket.io';
import { printable } from '../../plan/printable';
import type { AckFunction, SocketContext, WireError } from '../../types';
import { describeThrown, guarded, isPromise } from '../errors/run-safely';
import { isPresentable, masked, present, toError, withPrintableText } from './wire-error';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { answerByMethod } from '../../moleculer-io/ways';
import { requestIDOf } from './request-id';
import { shownValue } from '../shown-value';

/** Answers with a result. One that cannot be written (a circle, a BigInt) is answered as an error. */
export function answerResult(
  gateway: GatewayRuntime,
  socket: Socket,
  ctx: SocketContext | undefined,
  ack: AckFunction,
  result: unknown,
): void {
  if (!socket.connected) return;
  try {
    gateway.answer.succeed(ack, result);
    gateway.log.response?.(
      `${socket.id} '${printable(ctx?.event ?? '')}' (requestID ${ctx?.requestID ?? ''})`,
      shownValue(result),
    );
  } catch (error) {
    answerError(
      gateway,
      socket,
      ctx,
      ack,
      new Error('the result cannot be written to the client', { cause: error }),
    );
  }
}

/**
 * Answers with an error, and logs what the client may not see. Never throws.
 *
 * @param ctx undefined where the event did not get as far as a context
 * @param ack undefined where the client asked for no answer
 */
export function answerError(
  gateway: GatewayRuntime,
  socket: Socket,
  ctx: SocketContext | undefined,
  ack: AckFunction | undefined,
  thrown: unknown,
): WireError {
  const requestID = ctx?.requestID ?? requestIDOf(socket) ?? gateway.broker.generateUid();
  const error = shownError(gateway, socket, ctx, thrown, requestID);
  if (!ack || !socket.connected) return error;
  answerByMethod(gateway, thrown, ack, () => {
    try {
      gateway.answer.fail(ack, error);
    } catch {
      answerWhatCanBeWritten(gateway, ack, error, requestID);
    }
  });
  return error;
}

/** Its data cannot be written: the rest of it, or, if `reformatError` made even that impossible, the mask. */
function answerWhatCanBeWritten(
  gateway: GatewayRuntime,
  ack: AckFunction,
  error: WireError,
  requestID: string,
): void {
  const { data: _data, ...rest } = error;
  for (const written of [rest, masked(requestID)]) {
    try {
      gateway.answer.fail(ack, written);
      return;
    } catch (failure) {
      gateway.report(`an error could not be written (requestID ${requestID})`, failure);
    }
  }
}

/**
 * An ack that a handler may call itself, now or later: it cannot throw into the handler's timers.
 */
export function injectableAck(
  gateway: GatewayRuntime,
  socket: Socket,
  ctx: SocketContext,
  ack: AckFunction,
): AckFunction {
  return (...args) => {
    if (!socket.connected) return;
    try {
      ack(...args);
    } catch (error) {
      answerError(
        gateway,
        socket,
        ctx,
        ack,
        new Error('the answer cannot be written to the client', { cause: error }),
      );
    }
  };
}

/**
 * What a client sees of an error, masked unless it was made to be seen; what may be masked is logged in full. Never
 * throws, whatever the error does when it is looked at.
 */
export function shownError(
  gateway: GatewayRuntime,
  socket: Socket,
  ctx: SocketContext | undefined,
  thrown: unknown,
  requestID: string,
): WireError {
  try {
    return wireError(gateway, socket, ctx, thrown, requestID);
  } catch (failure) {
    gateway.report(`an error could not be shown (requestID ${requestID})`, failure);
    return masked(requestID);
  }
}

function wireError(
  gateway: GatewayRuntime,
  socket: Socket,
  ctx: SocketContext | undefined,
  thrown: unknown,
  requestID: string,
): WireError {
  const given = toError(thrown);
  const presentable = isPresentable(given);
  const error = presentable ? withPrintableText(given) : given;
  if (!presentable || !isClientError(error) || gateway.log.clientErrors)
    logError(gateway, ctx, presentable ? error : thrown, requestID);
  const rewritten = rewrite(gateway, socket, ctx, error);
  if (rewritten !== undefined && !(rewritten instanceof Error)) return rewritten as WireError;
  const shown = rewritten ?? error;
  const open = shown === error ? presentable : isPresentable(shown);
  return open || gateway.plan.exposeErrors ? present(shown) : masked(requestID);
}

/** What `reformatError` makes of an error: another error, or what the client shall see; undefined for no change. */
function rewrite(
  gateway: GatewayRuntime,
  socket: Socket,
  ctx: SocketContext | undefined,
  error: Error,
): object | undefined {
  const { service } = gateway;
  if (!gateway.reformatsErrors) return undefined;
  let rewritten: unknown;
  guarded('reformatError failed', gateway.report, () => {
    rewritten = service.reformatError?.(error, ctx, socket);
    return rewritten;
  });
  return typeof rewritten === 'object' && rewritten !== null && !isPromise(rewritten) ? rewritten : undefined;
}

function isClientError(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' && code >= 400 && code < 500;
}

function logError(
  gateway: GatewayRuntime,
  ctx: SocketContext | undefined,
  thrown: unknown,
  requestID: string,
): void {
  const where = ctx ? `the event '${printable(ctx.event)}' of ${ctx.socket.id} failed` : 'a packet failed';
  gateway.logger.error(
    `${gateway.plan.className}: ${where} (requestID ${requestID}): ${describeThrown(thrown)}`,
  );
}
