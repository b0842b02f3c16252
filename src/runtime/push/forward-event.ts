import type { Context } from 'moleculer';
import type { ChoicePlan, ForwardPlan } from '../../plan/plan';
import { servesName } from '../../plan/paths';
import { RESERVED_EVENTS } from '../../plan/reserved-events';
import type { ForwardHandlers } from '../../plan/service-runtime';
import { discardResources } from '../answer/discard';
import { isPromise } from '../errors/run-safely';
import { gatewaysOf } from '../gateways-of';
import type { Gateway } from '../model';
import { sendMessage, type Message } from './send-message';

/*
 * An event of Moleculer's that is sent on to clients. Nothing is awaited that need not be: events stay in order. What is
 * thrown goes back to Moleculer, which logs it as it does with every handler of an event.
 */

/** Makes the error of one forward. */
type Fail = (what: string, cause?: unknown) => Error;

export const FORWARD_HANDLERS: ForwardHandlers = {
  forward(service, forward, ctx) {
    // A wildcard does not mean Moleculer's own.
    if (ctx.eventName?.startsWith('$') && !forward.event.startsWith('$')) return undefined;
    const [gateway] = gatewaysOf(service);
    if (!gateway) return undefined;
    const result = forward.invoke(service, ctx);
    return isPromise(result)
      ? result.then((late) => chooseAndSend(gateway, forward, ctx, late))
      : chooseAndSend(gateway, forward, ctx, result);
  },
};

function chooseAndSend(gateway: Gateway, forward: ForwardPlan, ctx: Context, result: unknown): unknown {
  if (result === undefined) return undefined;
  const { as, rooms, except, namespaces } = forward;
  const chosen = [as ?? ctx.eventName ?? undefined, rooms, except, namespaces].map((choice) =>
    choose(gateway, choice, ctx),
  );
  return chosen.some(isPromise)
    ? Promise.all(chosen).then((late) => checkAndSend(gateway, forward, ctx, late, result))
    : checkAndSend(gateway, forward, ctx, chosen, result);
}

function choose(
  gateway: Gateway,
  choice: ChoicePlan<string | readonly string[] | undefined>,
  ctx: Context,
): unknown {
  if (typeof choice !== 'function') return choice;
  const chosen: unknown = choice.call(gateway.service, ctx);
  // If another choice throws, this promise is not awaited any more; a rejection must not end the process.
  if (isPromise(chosen)) chosen.then(undefined, () => undefined);
  return chosen;
}

function checkAndSend(
  gateway: Gateway,
  forward: ForwardPlan,
  ctx: Context,
  [as, rooms, except, namespaces]: readonly unknown[],
  result: unknown,
): unknown {
  const fail: Fail = (what, cause) => {
    const where = `${gateway.plan.className}.${forward.member}, forwarding '${String(ctx.eventName)}'`;
    return new Error(`${where}: ${what}; nothing was sent`, cause === undefined ? {} : { cause });
  };
  const audience = {
    event: eventName(as, fail),
    rooms: forward.rooms && names('rooms', rooms, fail),
    except: names('except', except, fail),
    namespaces: forward.namespaces && ownNamespaces(gateway, namespaces, fail),
    volatile: forward.volatile,
  };
  if (audience.rooms?.length === 0 || audience.namespaces?.length === 0) return undefined;
  const send = (payload: unknown): void => {
    if (typeof payload === 'function') throw fail('a function cannot be sent');
    const refusal = discardResources(gateway, payload);
    if (refusal) throw fail(refusal.message, refusal);
    const message: Message = { ...audience, payload };
    gateway.metrics?.forwarded(gateway.plan, forward.event, message.namespaces);
    sendMessage(gateway, message, ctx);
  };
  if (!forward.check) {
    send(result);
    return undefined;
  }
  const invalid = (error: unknown): never => {
    throw fail(`what the method gave is no valid payload (${reasonOf(error)})`, error);
  };
  let checked: unknown;
  try {
    checked = forward.check(result);
  } catch (error) {
    return invalid(error);
  }
  if (isPromise(checked)) return checked.then(send, invalid);
  send(checked);
  return undefined;
}

/** Returns the message of an error; for a validation error, the messages of its entries. */
function reasonOf(error: unknown): string {
  const { data, message } = error as { data?: unknown; message?: unknown };
  const found = Array.isArray(data) ? (data as { message?: unknown }[]) : [{ message }];
  return found.map((one) => String(one.message)).join(' ');
}

function eventName(as: unknown, fail: Fail): string {
  if (typeof as !== 'string' || as === '') throw fail('as gave no name of an event');
  if (RESERVED_EVENTS.has(as))
    throw fail(`'${as}' is an event of Socket.IO's own that nobody can send; give it another name with as`);
  return as;
}

/** Checks names of rooms or namespaces. Socket.IO accepts a number, as a room without sockets. */
function names(option: string, chosen: unknown, fail: Fail): readonly string[] {
  if (chosen === undefined || chosen === null) return [];
  const list: unknown[] = [chosen].flat();
  if (!list.every((one): one is string => typeof one === 'string'))
    throw fail(`${option} must give strings, and gave ${list.map((one) => typeof one).join(', ')}`);
  return [...new Set(list)];
}

function ownNamespaces(gateway: Gateway, chosen: unknown, fail: Fail): readonly string[] {
  const list = names('namespace', chosen, fail);
  for (const name of list) {
    if (!gateway.namespaces.has(name) && !gateway.plan.paths.some((path) => servesName(path, name)))
      throw fail(`'${name}' is none of the gateway's namespaces`);
  }
  return list;
}
