import type { Socket } from 'socket.io';
import type { SocketContext, WireError } from '../../types';
import { describeThrown, isPromise, runSafely } from '../errors/run-safely';
import { toError } from '../errors/to-error';
import type { Gateway } from '../model';
import { printable } from '../../plan/printable';
import { discardResources } from './discard';
import { inspectResult } from './inspect-result';
import { isPlainData } from './plain-data';
import { isPresentable, masked, present, withPrintableText } from './wire-error';

/**
 * Returns what a client sees of an error: masked unless it was made to be shown. What may be masked is logged in full.
 * Never throws, whatever the error does when it is read.
 */
export function shownError(
  gateway: Gateway,
  socket: Socket,
  ctx: SocketContext | undefined,
  thrown: unknown,
  requestID: string,
): WireError {
  try {
    const error = wireError(gateway, socket, ctx, thrown, requestID);
    return isPlainData(error) ? error : withoutResources(gateway, error, requestID);
  } catch (failure) {
    gateway.report(`an error could not be shown (requestID ${requestID})`, failure);
    return masked(requestID);
  }
}

function wireError(
  gateway: Gateway,
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
  const rewritten = reformat(gateway, socket, ctx, error);
  if (rewritten !== undefined && !(rewritten instanceof Error)) return rewritten as WireError;
  const shown = rewritten ?? error;
  const open = shown === error ? presentable : isPresentable(shown);
  return open || gateway.plan.exposeErrors ? present(shown) : masked(requestID);
}

/** Returns what `reformatError` makes of an error: another error, or what the client gets; undefined for no change. */
function reformat(
  gateway: Gateway,
  socket: Socket,
  ctx: SocketContext | undefined,
  error: Error,
): object | undefined {
  const { service } = gateway;
  if (!gateway.overrides.reformatError) return undefined;
  let rewritten: unknown;
  runSafely('reformatError failed', gateway.report, () => {
    rewritten = service.reformatError?.(error, ctx, socket);
    return rewritten;
  });
  return typeof rewritten === 'object' && rewritten !== null && !isPromise(rewritten) ? rewritten : undefined;
}

/** Returns an error without its data if a stream is in it, which would show its insides. */
function withoutResources(gateway: Gateway, error: WireError, requestID: string): WireError {
  if (inspectResult(error).resources.size === 0) return error;
  discardResources(gateway, error);
  const { data: _data, ...rest } = error;
  return isPlainData(rest) ? rest : masked(requestID);
}

function isClientError(error: Error): boolean {
  const { code } = error as { code?: unknown };
  return typeof code === 'number' && code >= 400 && code < 500;
}

function logError(
  gateway: Gateway,
  ctx: SocketContext | undefined,
  thrown: unknown,
  requestID: string,
): void {
  const where = ctx ? `the event '${printable(ctx.event)}' of ${ctx.socket.id} failed` : 'a packet failed';
  gateway.logger.error(
    `${gateway.plan.className}: ${where} (requestID ${requestID}): ${describeThrown(thrown)}`,
  );
}
