import type { Namespace } from 'socket.io';
import { ignoreRejection, type Report } from '../errors/run-safely';
import type { Gateway } from '../model';
import { answerTimeout, prepareBroadcastAck, type BroadcastAck } from './broadcast-acks';
import { refusalIn } from './gateway-rooms';

/*
 * The callback of a broadcast with acks is called from packets, promises and timers, where a throw ends the process. So does a
 * rejection of the adapter, whose promises are often not awaited. What an operator asks sockets to join or leave is done on other
 * nodes, too. Socket.IO constructs an operator for each broadcast, so the class of the operators is made safe.
 */

type Emit = (this: Operator, event: unknown, ...args: unknown[]) => boolean;
type Fetch = (this: Operator) => Promise<unknown>;
type Move = (this: Operator, rooms: string | string[]) => void;

interface Operator {
  emit: Emit;
  fetchSockets: Fetch;
  allSockets: Fetch;
  socketsJoin: Move;
  socketsLeave: Move;
  timeout(milliseconds: number): Operator;
  readonly flags: { readonly timeout?: number };
  readonly adapter: AdapterOfAcks;
}

/** The members of an adapter that a broadcast with acks uses. */
interface AdapterOfAcks {
  readonly nsp: Namespace;
  broadcastWithAck(...args: unknown[]): unknown;
  serverCount(): Promise<number>;
}

/** The gateways of namespaces. Operators of other namespaces do what they do in Socket.IO. */
const gateways = new WeakMap<Namespace, Gateway>();
const safeClasses = new WeakSet();

/** Makes all broadcasts to a namespace safe, and refuses the rooms of the gateway to its sockets. */
export function makeBroadcastsSafe(gateway: Gateway, namespace: Namespace): void {
  gateways.set(namespace, gateway);
  const operator = Object.getPrototypeOf(namespace.in([])) as Operator;
  if (safeClasses.has(operator)) return;
  safeClasses.add(operator);
  const { emit, socketsJoin, socketsLeave } = operator;
  operator.socketsJoin = checkRooms(socketsJoin);
  operator.socketsLeave = checkRooms(socketsLeave);
  operator.fetchSockets = awaitedOrNot(operator.fetchSockets);
  operator.allSockets = awaitedOrNot(operator.allSockets);
  operator.emit = function (event, ...args) {
    const { nsp } = this.adapter;
    const gateway = gateways.get(nsp);
    const ack = args.at(-1);
    if (!gateway || typeof ack !== 'function') return emit.call(this, event, ...args);
    const { timeout } = this.flags;
    const isLimited = timeout === undefined;
    const prepared = prepareBroadcastAck(gateway, nsp, String(event), ack as BroadcastAck, isLimited);
    const adapter = { value: safeCounting(this.adapter, gateway.report) };
    const limited = Object.create(this.timeout(answerTimeout(gateway, timeout)), { adapter }) as Operator;
    return emit.call(limited, event, ...args.slice(0, -1), prepared);
  };
}

/** @throws BadRequestError 400 for a room of the gateway */
function checkRooms(move: Move): Move {
  return function (rooms) {
    const { nsp } = this.adapter;
    const refusal = gateways.has(nsp) ? refusalIn(nsp, rooms) : undefined;
    if (refusal) throw refusal;
    move.call(this, rooms);
  };
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
