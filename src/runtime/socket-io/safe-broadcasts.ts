import type { Namespace } from 'socket.io';
import { runSafely, type Report } from '../errors/run-safely';
import { refusalIn } from './gateway-rooms';

/*
 * The callback of a broadcast with acks is called from packets, promises and timers, where a throw ends the process. What an
 * operator asks sockets to join or leave is done on other nodes, too. Socket.IO constructs an operator for each broadcast, so the
 * class of the operators is made safe.
 */

type Emit = (this: Operator, ...args: unknown[]) => boolean;
type Move = (this: Operator, rooms: string | string[]) => void;

interface Operator {
  emit: Emit;
  socketsJoin: Move;
  socketsLeave: Move;
  readonly adapter: { readonly nsp: Namespace };
}

/** The namespaces of gateways. Operators of other namespaces do what they do in Socket.IO. */
const reports = new WeakMap<Namespace, Report>();
const safeClasses = new WeakSet();

/** Makes all broadcasts to a namespace safe, and refuses the rooms of the gateway to its sockets. */
export function makeBroadcastsSafe(namespace: Namespace, report: Report): void {
  reports.set(namespace, report);
  const operator = Object.getPrototypeOf(namespace.in([])) as Operator;
  if (safeClasses.has(operator)) return;
  safeClasses.add(operator);
  const { emit, socketsJoin, socketsLeave } = operator;
  operator.socketsJoin = checkRooms(socketsJoin);
  operator.socketsLeave = checkRooms(socketsLeave);
  operator.emit = function (...args) {
    const last = args.length - 1;
    const callback = args[last];
    if (typeof callback === 'function') args[last] = safeCallback(this, String(args[0]), callback as Emit);
    return emit.apply(this, args);
  };
}

/** @throws BadRequestError 400 for a room of the gateway */
function checkRooms(move: Move): Move {
  return function (rooms) {
    const { nsp } = this.adapter;
    const refusal = reports.has(nsp) ? refusalIn(nsp, rooms) : undefined;
    if (refusal) throw refusal;
    move.call(this, rooms);
  };
}

function safeCallback(operator: Operator, event: string, callback: Emit): Emit {
  const report = reports.get(operator.adapter.nsp);
  if (!report) return callback;
  return (...answers) => {
    runSafely(`the callback of a broadcast of '${event}' failed`, report, () =>
      callback.apply(operator, answers),
    );
    return true;
  };
}
