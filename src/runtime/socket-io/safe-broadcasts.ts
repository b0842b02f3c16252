import type { Namespace } from 'socket.io';
import { printable } from '../../plan/printable';
import { type Report, runSafely } from '../errors/run-safely';

/*
 * The callback of a broadcast with acks is called from packets, promises and timers, where a throw ends the process. Socket.IO
 * constructs an operator for each broadcast, so the class of the operators is made safe.
 */

type Emit = (this: Operator, ...args: unknown[]) => boolean;

interface Operator {
  emit: Emit;
  readonly adapter: { readonly nsp: Namespace };
}

/** The namespaces of gateways. Callbacks of other namespaces are left alone. */
const reports = new WeakMap<Namespace, Report>();
const safeClasses = new WeakSet();

/** Makes the callbacks of all broadcasts to a namespace safe. */
export function makeBroadcastsSafe(namespace: Namespace, report: Report): void {
  reports.set(namespace, report);
  const operator = Object.getPrototypeOf(namespace.in([])) as Operator;
  if (safeClasses.has(operator)) return;
  safeClasses.add(operator);
  const { emit } = operator;
  operator.emit = function (...args) {
    const last = args.length - 1;
    const callback = args[last];
    if (typeof callback === 'function') args[last] = safeCallback(this, String(args[0]), callback as Emit);
    return emit.apply(this, args);
  };
}

function safeCallback(operator: Operator, event: string, callback: Emit): Emit {
  const report = reports.get(operator.adapter.nsp);
  if (!report) return callback;
  return (...answers) => {
    runSafely(`the callback of a broadcast of '${printable(event)}' failed`, report, () =>
      callback.apply(operator, answers),
    );
    return true;
  };
}
