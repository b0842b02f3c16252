import type { Server } from 'socket.io';
import type { DrainOptions } from '../../types';
import { runSafely } from '../errors/run-safely';
import type { Gateway } from '../model';
import type { EngineConnection } from '../socket-io/connection';
import { allConnections, connectionsOf } from '../socket-io/connections-of';
import { isClosed } from '../socket-io/gateway-server';
import { LeavingConnection } from './leaving-connection';

/** Connections are checked in this interval, so that a drain costs nothing when an event is handled. */
const TICK_MS = 10;

const drains = new WeakMap<Server, ServerDrain>();

/** Closes the connections of the gateways on a server that drain. */
export class ServerDrain {
  static of(io: Server): ServerDrain {
    const drain = drains.get(io) ?? new ServerDrain(io);
    drains.set(io, drain);
    return drain;
  }

  private readonly gateways = new Set<Gateway>();
  private readonly leaving = new Map<EngineConnection, LeavingConnection>();
  private readonly known = new WeakSet<EngineConnection>();
  private readonly waiting: (() => void)[] = [];
  private timer: NodeJS.Timeout | undefined;

  private constructor(private readonly io: Server) {}

  /**
   * Closes the connections of gateways, in random order over a window. A later call makes those that are left close earlier.
   *
   * @returns resolves when no connection is left
   */
  drain(gateways: readonly Gateway[], { window, grace }: Required<DrainOptions>): Promise<void> {
    for (const gateway of gateways) this.gateways.add(gateway);
    const now = performance.now();
    const connections = shuffle([...new Set([...this.leaving.keys(), ...this.newConnections()])]);
    for (const [at, connection] of connections.entries())
      this.schedule(connection, now + (window * at) / connections.length, grace);
    return new Promise((resolve) => {
      this.waiting.push(resolve);
      this.timer ??= setInterval(() => {
        this.tick();
      }, TICK_MS);
      this.tick();
    });
  }

  private schedule(connection: EngineConnection, turnAt: number, grace: number): void {
    this.known.add(connection);
    const leaving = this.leaving.get(connection);
    if (leaving) leaving.hurry(turnAt, grace);
    else this.leaving.set(connection, new LeavingConnection(connection, turnAt, grace));
  }

  private tick(): void {
    const now = performance.now();
    for (const [connection, leaving] of this.leaving) {
      // A connection whose end fails is not looked at again.
      let isGone = true;
      runSafely('a connection could not be drained', this.report, () => {
        isGone = leaving.step(now);
      });
      if (isGone) this.leaving.delete(connection);
    }
    if (this.leaving.size > 0) return;
    // Handshakes that were under way when the drain began.
    for (const connection of this.newConnections()) this.schedule(connection, now, 0);
    if (this.leaving.size === 0) this.finish();
  }

  private finish(): void {
    clearInterval(this.timer);
    this.timer = undefined;
    this.gateways.clear();
    for (const resolve of this.waiting.splice(0)) resolve();
  }

  /**
   * Returns the connections that have to go and do not leave yet. If no gateway on the server takes clients, these are all
   * connections, also those in no namespace.
   */
  private newConnections(): EngineConnection[] {
    const connections = isClosed(this.io)
      ? allConnections(this.io)
      : [...this.gateways].flatMap((gateway) => connectionsOf(gateway));
    return connections.filter((connection) => !this.known.has(connection));
  }

  private readonly report: Gateway['report'] = (what, error) => {
    const [gateway] = this.gateways;
    gateway?.report(what, error);
  };
}

function shuffle<T>(items: T[]): T[] {
  for (let at = items.length - 1; at > 0; at--) {
    const other = Math.floor(Math.random() * (at + 1));
    [items[at], items[other]] = [items[other] as T, items[at] as T];
  }
  return items;
}
