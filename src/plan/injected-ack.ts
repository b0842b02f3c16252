import type { Service } from 'moleculer';
import type { AckFunction, SocketContext } from '../types';

/*
 * The ack that `@Ack()` injects. A handler that has it answers by itself, at any time. Other code may give the result in place of
 * the handler: a cache, a fallback, a middleware, an error hook. Then the result is the answer.
 */

const INJECTED_ACK = Symbol('ack');

/** The ack of one event. The context of the event and its copies share it. */
interface InjectedAck {
  readonly answer: AckFunction;
  /** The ack as the latest run of the handler has it; undefined before the first run, and after a run that failed. */
  given: AckFunction | undefined;
  /** True if the latest run has ended without an error. */
  isKept: boolean;
}

type WithInjectedAck = SocketContext & { [INJECTED_ACK]?: InjectedAck };

/** Gives the context of an event the ack that its handler answers with. */
export function injectAck(ctx: SocketContext, answer: AckFunction): void {
  (ctx as WithInjectedAck)[INJECTED_ACK] = { answer, given: undefined, isKept: false };
}

/** Gives a copy of a context, with which the handler runs again, the ack of the original. */
export function shareInjectedAck(ctx: SocketContext, copy: SocketContext): void {
  const injected = (ctx as WithInjectedAck)[INJECTED_ACK];
  if (injected) (copy as WithInjectedAck)[INJECTED_ACK] = injected;
}

/** Returns the ack of the run that is being started; undefined if the client asked for no answer. */
export function injectedAck(ctx: SocketContext): AckFunction | undefined {
  return (ctx as WithInjectedAck)[INJECTED_ACK]?.given;
}

/**
 * Runs a handler that answers by itself. Its ack works until the run fails or the next run starts: an answer that a failed run
 * gives late must not stand for that of its retry.
 */
export function runWithAck(
  invoke: (service: Service, ctx: SocketContext) => unknown,
  service: Service,
  ctx: SocketContext,
): unknown {
  const injected = (ctx as WithInjectedAck)[INJECTED_ACK];
  if (!injected) return invoke(service, ctx);
  const given: AckFunction = (...args) => {
    if (injected.given === given) injected.answer(...args);
  };
  injected.given = given;
  injected.isKept = false;
  return new Promise((resolve) => {
    resolve(invoke(service, ctx));
  }).then(
    (result) => {
      if (injected.given === given) injected.isKept = true;
      return result;
    },
    (error: unknown) => {
      if (injected.given === given) injected.given = undefined;
      throw error;
    },
  );
}

/** Returns true if the handler has run to its end with the ack: it has answered, or will. Its result is no answer. */
export function keepsAck(ctx: SocketContext): boolean {
  return (ctx as WithInjectedAck)[INJECTED_ACK]?.isKept === true;
}

/** Takes the ack back from the handler, because an error hook has given the result. */
export function takeAckBack(ctx: SocketContext): void {
  const injected = (ctx as WithInjectedAck)[INJECTED_ACK];
  if (!injected) return;
  injected.given = undefined;
  injected.isKept = false;
}
