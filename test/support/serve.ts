import type { AddressInfo } from 'node:net';
import { Socket as EngineSocket } from 'engine.io';
import type { ServiceBroker } from 'moleculer';
import { Socket } from 'socket.io';
import { describeThrown } from '../../src/runtime/errors/run-safely';
import type { RunningGateway } from './run-gateway';

/*
 * The inside of a process that a test has started with `ChildServer`.
 */

export interface Asked {
  readonly id: number;
  readonly command: string;
  readonly args: readonly unknown[];
}

export interface Answered {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

/** What a process holds on to. */
export interface ServerState {
  /** Objects that somebody still holds on to. */
  readonly alive: Readonly<Record<'connections' | 'sockets', number>>;
  /** What Socket.IO has in its tables. */
  readonly tables: Readonly<
    Record<'connections' | 'namespaces' | 'sockets' | 'entering' | 'rooms' | 'members', number>
  >;
  /** What keeps the process alive: handles and timers, by kind. */
  readonly resources: Readonly<Record<string, number>>;
  /** Of the metrics of gateways, those that go up and down. */
  readonly gauges: Readonly<Record<'sockets' | 'messages', number>>;
  /** Bytes. */
  readonly heap: number;
}

/** The broker's option `registry`: no waiting until other nodes have noticed. Only Moleculer 0.15 declares it, both have it. */
export const STOPS_AT_ONCE: object = { stopDelay: 0 };

/** What runs in a process. */
export interface Served {
  readonly brokers: readonly ServiceBroker[];
  /** Functions that the test may call. */
  readonly commands?: Readonly<Record<string, (...args: any[]) => unknown>>;
}

/**
 * Serves until the test has had enough.
 *
 * @param make starts what is served; is given the options of the test
 */
export function serve<Options>(make: (options: Options) => Promise<Served>): void {
  watch();
  const tell = (message: object): void => {
    if (process.connected) process.send?.(message);
  };
  // Node would end the process; here it goes on, and the test is told.
  process.on('uncaughtException', (error: unknown, origin) => {
    tell({ failure: `${origin}: ${describeThrown(error)}` });
  });

  const making = make(JSON.parse(process.argv[2] ?? '{}') as Options);
  const answer = async ({ id, command, args }: Asked): Promise<void> => {
    try {
      const served = await making;
      tell({ port: portIn(served) });
      const result = await run(served, command, args);
      tell({ id, result });
    } catch (error) {
      tell({ id, error: describeThrown(error) });
    }
  };
  process.on('message', (asked: Asked) => void answer(asked));
  process.on('disconnect', () => {
    const stopping = making.then(({ brokers }) => Promise.all(brokers.map((broker) => broker.stop())));
    stopping.then(
      () => undefined,
      () => (process.exitCode = 1),
    );
    // Whatever still holds the process is a leak.
    setTimeout(() => {
      process.stderr.write(`still open: ${process.getActiveResourcesInfo().join(', ')}\n`);
      process.exit(3);
    }, 20_000).unref();
  });
}

async function run(served: Served, command: string, args: readonly unknown[]): Promise<unknown> {
  if (command === 'ready') return undefined;
  if (command === 'state') return stateOf(served);
  if (command === 'cpuTime') return cpuTime();
  const own = served.commands?.[command];
  if (!own) throw new Error(`there is no command '${command}'`);
  return own(...args);
}

/** Returns the milliseconds of CPU time since the process was started. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

function gatewaysOf({ brokers }: Served): RunningGateway[] {
  return brokers.flatMap((broker) =>
    broker.services.filter((service) => 'namespaces' in service),
  ) as RunningGateway[];
}

function portIn(served: Served): number {
  const [gateway] = gatewaysOf(served);
  return gateway?.io?.httpServer.listening ? (gateway.io.httpServer.address() as AddressInfo).port : 0;
}

/** Counted when what the process was doing is done. */
async function stateOf(served: Served): Promise<ServerState> {
  for (let turn = 0; turn < 2; turn++) {
    await new Promise((resolve) => setImmediate(resolve));
    global.gc?.();
  }
  const alive = { connections: connections.size, sockets: sockets.size };
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return {
    alive,
    tables: tablesOf(served),
    resources,
    gauges: gaugesOf(served),
    heap: process.memoryUsage().heapUsed,
  };
}

function tablesOf(served: Served): ServerState['tables'] {
  const tables = { connections: 0, namespaces: 0, sockets: 0, entering: 0, rooms: 0, members: 0 };
  for (const io of new Set(gatewaysOf(served).flatMap((gateway) => gateway.io ?? []))) {
    tables.connections += io.engine.clientsCount;
    tables.namespaces += io._nsps.size;
    for (const namespace of io._nsps.values()) {
      const { _preConnectSockets } = namespace as object as { _preConnectSockets: Map<string, unknown> };
      tables.sockets += namespace.sockets.size;
      tables.entering += _preConnectSockets.size;
      tables.rooms += namespace.adapter.rooms.size;
      tables.members += namespace.adapter.sids.size;
    }
  }
  return tables;
}

/** Knows which objects are alive, without keeping them so. */
class Alive {
  private readonly references = new Set<WeakRef<object>>();

  add(object: object): void {
    this.references.add(new WeakRef(object));
  }

  get size(): number {
    for (const reference of this.references) if (!reference.deref()) this.references.delete(reference);
    return this.references.size;
  }
}

const connections = new Alive();
const sockets = new Alive();

/** Through here every connection, and every socket of a namespace, comes into being. */
function watch(): void {
  const engine = EngineSocket.prototype as unknown as { onOpen(): void };
  const { onOpen } = engine;
  engine.onOpen = function () {
    connections.add(this);
    onOpen.call(this);
  };
  const socket = Socket.prototype as unknown as { buildHandshake(auth: object): unknown };
  const { buildHandshake } = socket;
  socket.buildHandshake = function (auth) {
    sockets.add(this);
    return buildHandshake.call(this, auth);
  };
}

interface Metrics {
  list(filter: { includes: string }): { values: Iterable<{ value: number }> }[];
}

function gaugesOf({ brokers }: Served): ServerState['gauges'] {
  const sum = (name: string): number => {
    let total = 0;
    for (const broker of brokers) {
      if (!broker.isMetricsEnabled()) continue;
      for (const metric of (broker.metrics as object as Metrics).list({ includes: name })) {
        for (const { value } of metric.values) total += value;
      }
    }
    return total;
  };
  return { sockets: sum('moleculer.io.socket.active'), messages: sum('moleculer.io.messages.active') };
}
