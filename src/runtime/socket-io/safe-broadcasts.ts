import type { Namespace } from 'socket.io';
import { printable } from '../../plan/printable';
import { ignoreRejection, runSafely, type Report } from '../errors/run-safely';

/*
 * The callback of a broadcast with acks is called from packets, promises and timers, where a throw ends the process. So does a
 * rejection of the adapter, whose promises nobody may await. Socket.IO constructs an operator for each broadcast, so the class
 * of the operators is made safe.
 */

type Emit = (this: Operator, ...args: unknown[]) => boolean;
type Fetch = (this: Operator) => Promise<unknown>;

interface Operator {
  emit: Emit;
  fetchSockets: Fetch;
  allSockets: Fetch;
  readonly adapter: AdapterOfAcks;
}

/** What a broadcast with acks uses of an adapter. */
interface AdapterOfAcks {
  readonly nsp: Namespace;
  broadcastWithAck(...args: unknown[]): unknown;
  serverCount(): Promise<number>;
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
    const report = reports.get(this.adapter.nsp);
    if (typeof callback !== 'function' || !report) return emit.apply(this, args);
    args[last] = safeCallback(this, report, String(args[0]), callback as Emit);
    const adapter = { value: safeCounting(this.adapter, report) };
    return emit.apply(Object.create(this, { adapter }) as Operator, args);
  };
  operator.fetchSockets = awaitedOrNot(operator.fetchSockets);
  operator.allSockets = awaitedOrNot(operator.allSockets);
}

/** Returns the adapter for a broadcast with acks. If the servers cannot be counted, the broadcast ends with its timeout. */
function safeCounting(adapter: AdapterOfAcks, report: Report): AdapterOfAcks {
  return {
    nsp: adapter.nsp,
    broadcastWithAck: (...args) => adapter.broadcastWithAck(...args),
    serverCount: () =>
      adapter.serverCount().catch((error: unknown) => {
        report('serverCount() of the adapter failed', error);
        return NaN;
      }),
  };
}

/** Returns a method whose rejection does not end the process if the application does not await it. */
function awaitedOrNot(fetch: Fetch): Fetch {
  return function () {
    const fetched = fetch.call(this);
    ignoreRejection(fetched);
    return fetched;
  };
}

function safeCallback(operator: Operator, report: Report, event: string, callback: Emit): Emit {
  return (...answers) => {
    runSafely(`the callback of a broadcast of '${printable(event)}' failed`, report, () =>
      callback.apply(operator, answers),
    );
    return true;
  };
}
