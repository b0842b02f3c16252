import type { Inbound } from './inbound';
import type { Outbox } from './outbox';
import { HELLO, WELCOME } from './wire';

/** A node that does not answer HELLO is greeted again after this time, then after twice that, and so on. */
const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;
/** So many former links of a node are remembered: what comes late from one of them must not bring it back. */
const MAX_FORMER = 8;

/** The links that a node had, also before the registry lost it. */
export interface FormerLinks {
  /** The ids of those that are not there any more. */
  readonly ended: string[];
  /** The id of the last one, which may come back if the node was only cut off. */
  last: string | undefined;
}

/** Another node. */
export class Remote {
  /** The id of the link that is there now. */
  instance: string | undefined;
  /** True if messages are sent to it. */
  isPeer = false;
  /** True if it knows this link, so that what it sends arrives here. */
  reachesUs = false;
  /** True if the registry says that it listens. */
  isListed = false;
  /** True if it has another version of the protocol. */
  isForeign = false;
  inbound: Inbound | undefined;

  private retryDelay = FIRST_RETRY_MS;
  private retryTimer: NodeJS.Timeout | undefined;
  private listingTimer: NodeJS.Timeout | undefined;

  constructor(
    readonly node: string,
    readonly outbox: Outbox,
    private readonly createInbound: () => Inbound,
    private readonly former: FormerLinks,
  ) {}

  get isRetrying(): boolean {
    return this.retryTimer !== undefined;
  }

  /** Returns whether a link of this node is no longer there. */
  hasEnded(instance: string): boolean {
    return this.former.ended.includes(instance);
  }

  /** Takes a link that has greeted, in place of the one that was there. */
  begin(instance: string): void {
    if (this.instance !== undefined) this.end();
    const { last } = this.former;
    if (last !== undefined && last !== instance) this.former.ended.push(last);
    this.former.last = instance;
    this.instance = instance;
    this.inbound = this.createInbound();
    this.outbox.begin(instance);
  }

  /** Its link is no longer there. */
  end(): void {
    const { ended } = this.former;
    if (this.instance !== undefined) ended.push(this.instance);
    if (ended.length > MAX_FORMER) ended.shift();
    this.former.last = undefined;
    this.instance = undefined;
    this.reachesUs = false;
    this.closeInbound();
    this.outbox.clear();
  }

  /** Stops sending to the node. Messages that it has sent still arrive. */
  leave(): void {
    this.isPeer = false;
    this.outbox.clear();
    if (this.instance !== undefined) this.outbox.begin(this.instance);
  }

  /** Says HELLO, and calls `retry` if nothing is answered for a while. */
  hello(retry: () => void): void {
    this.outbox.greet(HELLO);
    clearTimeout(this.retryTimer);
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      retry();
    }, this.retryDelay).unref();
    this.retryDelay = Math.min(this.retryDelay * 2, MAX_RETRY_MS);
  }

  /** Starts a new stream, which a node that said HELLO expects. */
  welcome(): void {
    if (this.instance !== undefined) this.outbox.begin(this.instance);
    this.outbox.greet(WELCOME);
  }

  /** Messages in both directions may be lost: starts a new stream, and expects one. */
  restart(): void {
    this.reachesUs = false;
    if (this.instance !== undefined) this.outbox.begin(this.instance);
  }

  /** Notes that the node has sent something to this very link. */
  reached(): void {
    this.reachesUs = true;
    clearTimeout(this.retryTimer);
    this.retryTimer = undefined;
    this.retryDelay = FIRST_RETRY_MS;
  }

  /** Calls `check` after a time. */
  expectListing(timeout: number, check: () => void): void {
    clearTimeout(this.listingTimer);
    this.listingTimer = setTimeout(check, timeout).unref();
  }

  /** Clears timers and memory. */
  close(): void {
    clearTimeout(this.retryTimer);
    clearTimeout(this.listingTimer);
    this.retryTimer = undefined;
    this.closeInbound();
    this.outbox.clear();
  }

  private closeInbound(): void {
    this.inbound?.close();
    this.inbound = undefined;
  }
}
