import type { Namespace } from 'socket.io';
import { printable } from '../../plan/printable';
import { guarded, type Report } from '../errors/run-safely';

/*
 * Who asks many clients at once gives Socket.IO a callback, which it calls from packets, promises and timers where
 * nothing catches what that throws. What asks is made anew for every broadcast, so it is guarded in its class.
 */

type Emit = (this: Operator, ...args: unknown[]) => boolean;

interface Operator {
  emit: Emit;
  readonly adapter: { readonly nsp: Namespace };
}

/** The namespaces of gateways; callbacks of others are none of our business. */
const reports = new WeakMap<Namespace, Report>();
const guardedClasses = new WeakSet();

/** Guards the callbacks of all broadcasts to a namespace. */
export function guardBroadcasts(namespace: Namespace, report: Report): void {
  reports.set(namespace, report);
  const operator = Object.getPrototypeOf(namespace.in([])) as Operator;
  if (guardedClasses.has(operator)) return;
  guardedClasses.add(operator);
  const { emit } = operator;
  operator.emit = function (...args) {
    const last = args.length - 1;
    const callback = args[last];
    if (typeof callback === 'function') args[last] = guardedCallback(this, String(args[0]), callback as Emit);
    return emit.apply(this, args);
  };
}

function guardedCallback(operator: Operator, event: string, callback: Emit): Emit {
  const report = reports.get(operator.adapter.nsp);
  if (!report) return callback;
  return (...answers) => {
    guarded(`the callback of a broadcast of '${printable(event)}' failed`, report, () =>
      callback.apply(operator, answers),
    );
    return true;
  };
}
