import type { Report } from '../errors/run-safely';
import { compareRoom } from './compare-rooms';
import type { PresenceClients } from './presence-clients';
import { isEmpty, type PresenceListeners } from './presence-listeners';
import type { PresenceRoom } from './presence-room';
import type { PresenceTable } from './presence-table';
import { TimeSlice } from './time-slice';

/** Changes that come within this time after the last ones were told are told together. */
const INTERVAL_MS = 20;

export interface PublisherOptions {
  readonly table: PresenceTable;
  readonly listeners: PresenceListeners;
  /** Undefined if clients are told nothing. */
  readonly clients: PresenceClients | undefined;
  readonly report: Report;
  /** Tells the other nodes. */
  readonly sendChanges: () => Promise<void>;
  /** True while the devices of other nodes are on their way. */
  readonly mustWait: () => boolean;
  /** Returns true if this node acts for a room where one node shall. */
  readonly actsFor: (room: PresenceRoom) => boolean;
  /** Counts the users. Called before clients are told. */
  readonly count: () => void;
}

/** Tells other nodes, clients and methods what has changed, together. While nothing changes, nothing runs. */
export class PresencePublisher {
  private isScheduled = false;
  private isRunning = false;
  private isClosed = false;
  private lastRun = -Infinity;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: PublisherOptions) {}

  /** True while something is to be told. */
  get isPending(): boolean {
    return this.isScheduled || this.isRunning;
  }

  /** Tells what has changed: soon, if nothing was told for a while. */
  schedule(): void {
    if (this.isPending || this.isClosed) return;
    this.isScheduled = true;
    const wait = INTERVAL_MS - (performance.now() - this.lastRun);
    const run = (): void => void this.run();
    if (wait > 0) this.timer = setTimeout(run, wait).unref();
    else setImmediate(run);
  }

  close(): void {
    this.isClosed = true;
    this.isScheduled = false;
    clearTimeout(this.timer);
  }

  private async run(): Promise<void> {
    const { table, report, sendChanges, mustWait, count } = this.options;
    if (this.isClosed) return;
    this.isScheduled = false;
    this.isRunning = true;
    try {
      await sendChanges();
      if (mustWait()) return;
      count();
      // One slice for all rooms and messages: many small ones hold up the event loop like a large one.
      const slice = new TimeSlice();
      for (const room of table.takeChanged()) {
        if (this.isClosed) return;
        await this.publish(room, slice);
        if (slice.isOver) await slice.next();
      }
    } catch (error) {
      report('presence cannot be told', error);
    } finally {
      this.isRunning = false;
      this.lastRun = performance.now();
      if (table.hasChanges && !mustWait()) this.schedule();
    }
  }

  private async publish(room: PresenceRoom, slice: TimeSlice): Promise<void> {
    const { table, listeners, clients, actsFor } = this.options;
    const { all, latest } = await compareRoom(table, room, slice);
    if (this.isClosed) return;
    if (!isEmpty(all)) {
      if (listeners.isNeeded(room)) listeners.tell(room, all, actsFor(room) ? latest : undefined);
      await clients?.sendDiff(room, all, slice);
    }
    const entered = room.beginEntering();
    if (entered.size > 0) await clients?.sendState(room, entered, slice);
    room.endEntering();
    table.forgetRoom(room);
  }
}
