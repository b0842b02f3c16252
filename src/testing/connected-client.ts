import type { Socket } from 'socket.io-client';
import type { SocketLike } from '../client/socket-like';
import { refusalOf, resultOf } from './client-error';
import { takeStream, uploadFrom, type StreamingClient } from './client-streams';
import { describeEvents } from './describe-events';
import type { LoggedErrors } from './logged-errors';
import type { MemoryAgent } from './memory-agent';
import { failureAt, nextTurn, within } from './real-time';
import type { ReceivedEvent, ReceivedOptions, TestClient } from './types';
import { Waits } from './waits';

/** The packets of streams are no events. */
const STREAM_PREFIX = '$stream:';

/** A client over a connection in memory. */
export class ConnectedClient implements TestClient {
  readonly events: ReceivedEvent[] = [];
  id = '';
  private readonly unread: ReceivedEvent[] = [];
  private readonly waits: Waits;

  /** @param timeout how long anything is waited for, in milliseconds */
  constructor(
    readonly socket: Socket,
    readonly namespace: string,
    private readonly agent: MemoryAgent,
    private readonly errors: LoggedErrors,
    private readonly timeout: number,
  ) {
    this.waits = new Waits(timeout);
    socket.onAny((event: string, ...args: unknown[]) => {
      if (event.startsWith(STREAM_PREFIX)) return;
      const received = { event, args };
      this.events.push(received);
      this.unread.push(received);
      this.waits.check();
    });
    socket.on('connect', () => {
      this.id = socket.id as string;
      this.waits.reason = undefined;
    });
    socket.on('disconnect', (reason) => {
      this.waits.reason = reason;
      agent.repair();
      this.waits.check();
    });
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  /** Connects, or fails with the reason of the refusal. */
  async connect(origin: Error): Promise<void> {
    const { socket, namespace, timeout } = this;
    let stop = (): void => undefined;
    const connecting = new Promise<void>((resolve, reject) => {
      const refuse = (error: Error): void => {
        reject(refusalOf(error, namespace, { origin, errors: this.errors }));
      };
      socket.on('connect', resolve);
      socket.on('connect_error', refuse);
      stop = () => {
        socket.off('connect', resolve);
        socket.off('connect_error', refuse);
      };
    });
    const late = `the client was neither connected to '${namespace}' nor refused within ${timeout} ms`;
    socket.connect();
    try {
      await within(timeout, connecting, () => late, origin);
    } catch (error) {
      await this.close();
      throw error;
    } finally {
      stop();
    }
  }

  async reconnect(): Promise<void> {
    const origin = new Error();
    if (this.connected) throw failureAt(origin, `the client ${this.id} is connected already`);
    await this.connect(origin);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it as they expect it
  async emit<Result = any>(event: string, ...args: unknown[]): Promise<Result> {
    const origin = new Error();
    this.checkConnected(event, origin);
    let answer: unknown[] | undefined;
    this.socket.emit(event, ...args, (...given: unknown[]) => {
      answer = given;
      this.waits.check();
    });
    const answered = await this.waits.until({
      take: () => answer,
      late: () => `'${event}' was not answered within ${this.timeout} ms; ${describeEvents(this.unread)}`,
      gone: (reason) => `the connection ended (${reason}) before '${event}' was answered`,
      origin,
    });
    // Connections in memory need no turn of the event loop: a test that asks in a loop would keep it from timers.
    await nextTurn();
    return resultOf(event, answered, { origin, errors: this.errors }) as Result;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into it as they expect it
  async upload<Result = any>(event: string, ...args: unknown[]): Promise<Result> {
    const origin = new Error();
    this.checkConnected(event, origin);
    return (await uploadFrom(this.streaming(origin), event, args)) as Result;
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into them as they expect them
  stream<Item = any>(event: string, ...args: unknown[]): AsyncIterableIterator<Item> {
    const origin = new Error();
    this.checkConnected(event, origin);
    return takeStream(this.streaming(origin), event, args) as AsyncIterableIterator<Item>;
  }

  send(event: string, ...args: unknown[]): void {
    this.checkConnected(event, new Error());
    this.socket.emit(event, ...args);
  }

  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests look into them as they expect them
  received<Args extends unknown[] = any[]>(
    event: string,
    { timeout = this.timeout, where }: ReceivedOptions = {},
  ): Promise<Args> {
    const isWanted = (one: ReceivedEvent): boolean =>
      one.event === event && (where === undefined || where(...(one.args as unknown[])));
    const instead = (): string => this.describeMissing(event);
    return this.waits.until({
      take: () => {
        const at = this.unread.findIndex(isWanted);
        return at < 0 ? undefined : (this.unread.splice(at, 1)[0]?.args as Args);
      },
      late: () => `'${event}' did not come within ${timeout} ms; ${instead()}`,
      gone: (reason) => `'${event}' did not come before the connection ended (${reason}); ${instead()}`,
      timeout,
      origin: new Error(),
    });
  }

  disconnected(): Promise<string> {
    return this.waits.until({
      take: () => this.waits.reason,
      late: () =>
        `the client ${this.id} is still connected after ${this.timeout} ms; ${describeEvents(this.unread)}`,
      gone: (reason) => reason,
      origin: new Error(),
    });
  }

  disconnect(): void {
    this.socket.disconnect();
  }

  cut(): void {
    this.agent.cut();
  }

  /** Disconnects for good. */
  async close(): Promise<void> {
    this.socket.disconnect();
    this.socket.io.engine?.close();
    await this.agent.close();
  }

  private describeMissing(event: string): string {
    const returned = this.events.filter((one) => one.event === event && !this.unread.includes(one)).length;
    const times = returned === 1 ? 'once' : `${returned} times`;
    const before = returned === 0 ? '' : `; received('${event}') has returned one that came ${times} before`;
    return `${describeEvents(this.unread)}${before}`;
  }

  private streaming(origin: Error): StreamingClient {
    const { timeout, errors } = this;
    const socket: SocketLike = this.socket;
    return { socket, timeout, errors, origin, describeReceived: () => describeEvents(this.unread) };
  }

  private checkConnected(event: string, origin: Error): void {
    if (this.connected) return;
    const { reason } = this.waits;
    const why = reason === undefined ? '' : ` (${reason})`;
    throw failureAt(origin, `'${event}' cannot be sent: the client ${this.id} is not connected${why}`);
  }
}
