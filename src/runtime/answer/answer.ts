import type { Socket } from 'socket.io';
import { printable } from '../../plan/printable';
import type { AckFunction, SocketContext, WireError } from '../../types';
import { discardResources } from './discard';
import { masked } from './wire-error';
import { toError } from '../errors/to-error';
import { requestIDOf } from './request-id';
import { shownValue } from '../observe/shown-value';
import type { Gateway } from '../model';
import { shownError } from './shown-error';

/** Answers with a result. A result that cannot be serialized (a circle, a BigInt) is answered as an error. */
export function answerResult(
  gateway: Gateway,
  socket: Socket,
  ctx: SocketContext | undefined,
  ack: AckFunction,
  result: unknown,
): void {
  if (!socket.connected) return;
  try {
    gateway.ackWriter.succeed(ack, result);
    gateway.log.response?.(
      `${socket.id} '${printable(ctx?.event ?? '')}' (requestID ${ctx?.requestID ?? ''})`,
      shownValue(result),
    );
  } catch (error) {
    answerUnserializable(gateway, socket, ctx, ack, 'the result', error);
  }
}

/**
 * Answers with an error, and logs what the client may not see. Never throws.
 *
 * @param ctx undefined if the event did not get as far as a context
 * @param ack undefined if the client asked for no answer
 */
export function answerError(
  gateway: Gateway,
  socket: Socket,
  ctx: SocketContext | undefined,
  ack: AckFunction | undefined,
  thrown: unknown,
): WireError {
  const requestID = ctx?.requestID ?? requestIDOf(socket) ?? gateway.broker.generateUid();
  const error = shownError(gateway, socket, ctx, thrown, requestID);
  if (!ack || !socket.connected) return error;
  const answer = (): void => {
    try {
      gateway.ackWriter.fail(ack, error);
    } catch {
      answerSerializablePart(gateway, ack, error, requestID);
    }
  };
  const { moleculerIo } = gateway.plan;
  if (moleculerIo) moleculerIo.answerError(gateway, toError(thrown), ack, answer);
  else answer();
  return error;
}

/**
 * Returns an ack that a handler may call itself, at any time: what fails in it does not reach the handler's timers.
 *
 * @param ack undefined if the client asked for no answer
 */
export function injectableAck(
  gateway: Gateway,
  socket: Socket,
  ctx: SocketContext,
  ack: AckFunction | undefined,
): AckFunction {
  return (...args) => {
    const refusal = discardAll(gateway, args);
    if (!ack || !socket.connected) return;
    if (refusal) {
      answerError(gateway, socket, ctx, ack, refusal);
      return;
    }
    try {
      ack(...args);
    } catch (error) {
      answerUnserializable(gateway, socket, ctx, ack, 'the answer', error);
    }
  };
}

/** Closes all resources among the arguments of an ack. Returns the error that says what cannot be sent. */
function discardAll(gateway: Gateway, args: readonly unknown[]): Error | undefined {
  let refusal: Error | undefined;
  for (const arg of args) {
    const found = discardResources(gateway, arg);
    refusal ??= found;
  }
  return refusal;
}

/** @param what names the value in the log */
export function answerUnserializable(
  gateway: Gateway,
  socket: Socket,
  ctx: SocketContext | undefined,
  ack: AckFunction,
  what: string,
  cause: unknown,
): void {
  answerError(gateway, socket, ctx, ack, new Error(`${what} cannot be serialized for the client`, { cause }));
}

/** Answers with the error without its data, or, if `reformatError` has made even that impossible, with the mask. */
function answerSerializablePart(
  gateway: Gateway,
  ack: AckFunction,
  error: WireError,
  requestID: string,
): void {
  const { data: _data, ...rest } = error;
  for (const part of [rest, masked(requestID)]) {
    try {
      gateway.ackWriter.fail(ack, part);
      return;
    } catch (failure) {
      gateway.report(`an error could not be serialized (requestID ${requestID})`, failure);
    }
  }
}
