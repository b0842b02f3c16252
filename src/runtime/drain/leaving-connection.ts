import type { SocketSession } from '../model';
import { findState, stateOf, type EngineConnection } from '../socket-io/connection';
import { ConnectionEnd } from '../socket-io/connection-end';
import { findSession } from '../socket-io/socket-session';
import { refusePending } from './refuse-pending';

/** A client that does not answer the close of its connection is cut off after this time, at the earliest. */
const CLOSE_TIMEOUT_MS = 500;

/** A connection of a server that drains. All times are those of `performance.now()`. */
export class LeavingConnection {
  private isLeaving = false;
  private end: ConnectionEnd | undefined;
  private cutOffAt = Infinity;
  private isCutOff = false;

  /**
   * @param turnAt when the connection is to be closed
   * @param grace how long it may wait for its pending events from then on, in milliseconds
   */
  constructor(
    private readonly connection: EngineConnection,
    private turnAt: number,
    private grace: number,
  ) {}

  /** Makes the connection leave earlier, if it is not to do so anyway. */
  hurry(turnAt: number, grace: number): void {
    this.turnAt = Math.min(this.turnAt, turnAt);
    this.grace = Math.min(this.grace, grace);
    this.cutOffAt = Math.min(this.cutOffAt, turnAt + grace + CLOSE_TIMEOUT_MS);
  }

  /**
   * Does what is due.
   *
   * @returns true if the connection is gone
   */
  step(now: number): boolean {
    if (!this.end) {
      if (this.connection.readyState === 'closed') return true;
      if (now < this.turnAt) return false;
      this.leave();
      const isLate = now >= this.turnAt + this.grace;
      if (!isLate && this.hasPending()) return false;
      for (const session of this.sessions()) refusePending(session);
      this.end = new ConnectionEnd(this.connection);
      this.cutOffAt = Math.max(this.turnAt + this.grace, now + CLOSE_TIMEOUT_MS);
    }
    if (this.isCutOff || this.end.isOver) return true;
    if (now < this.cutOffAt) return false;
    this.end.terminate();
    // Its end is awaited once more, and no longer.
    this.isCutOff = true;
    return this.end.isOver;
  }

  /** Accepts no more events of the connection, so that those that are pending come to an end. */
  private leave(): void {
    if (this.isLeaving) return;
    this.isLeaving = true;
    const state = stateOf(this.connection);
    state.isLeaving = true;
    state.closedFor ??= new Error('the gateway drains');
    for (const session of this.sessions()) session.receive = undefined;
  }

  private hasPending(): boolean {
    return this.sessions().some(({ lastPending }) => lastPending !== undefined);
  }

  private sessions(): SocketSession[] {
    const { sockets } = findState(this.connection) ?? {};
    return sockets ? [...sockets.values()].flatMap((socket) => findSession(socket) ?? []) : [];
  }
}
