import type { BroadcastOptions, Room, SocketId } from 'socket.io-adapter';
import { deliveryArgument, listRooms, selectionArguments } from './broadcast-options';
import type { NamespaceTarget, SocketsElsewhere } from '../model';
import type { ClusterLink } from './cluster-link';
import type { PacketCodec } from '../socket-io/packet-codec';
import { decodeValues, encodeValues, type Parts } from './encode-values';
import { readParts } from './encode-message';
import { decodeSessions, encodeSessions, readBytes, type HandedSessions } from './handed-sessions';
import type { PacketOffset } from './packet-offset';
import type { QuestionOptions } from './questions';
import { type Argument, expectValid } from './wire';

/** Other nodes have so long to answer. */
export const ANSWER_TIMEOUT_MS = 5000;

/** The topics under which nodes send each other what concerns the sockets of namespaces. */
export const TOPICS = {
  /** A packet for clients, encoded. */
  emit: 'emit',
  /** The values of a packet, for clients of all namespaces of a path, or for clients that answer. */
  emitValues: 'emit-values',
  join: 'join',
  leave: 'leave',
  disconnect: 'disconnect',
  serverSideEmit: 'server',
  sockets: 'sockets',
  ids: 'ids',
  rooms: 'rooms',
  /** Asks for the session of a client that has come back. */
  session: 'session',
  /** Sessions of a node that drains. */
  sessions: 'sessions',
} as const;

/** A socket of another node, as Socket.IO wants to know it. */
export interface SocketDetails {
  readonly id: string;
  readonly handshake: object;
  readonly rooms: readonly string[];
  readonly data: unknown;
}

/** The sockets of a namespace, or of all namespaces of a path, on the other nodes. */
export class RemoteSockets implements SocketsElsewhere {
  private readonly target: Argument;

  constructor(
    readonly link: ClusterLink,
    target: NamespaceTarget,
    private readonly codec: () => PacketCodec,
  ) {
    this.target = typeof target === 'string' ? target : [target.path];
  }

  /** The number of other nodes. */
  get nodes(): number {
    return this.link.size;
  }

  /**
   * Sends a packet that is encoded for the namespace.
   *
   * @param offset of a packet that is sent again to clients that come back
   */
  emit(parts: Parts, opts: BroadcastOptions, offset: PacketOffset | undefined): void {
    const delivery = deliveryArgument(opts, offset !== undefined);
    const kept = offset ? [offset.text] : [];
    this.link.send(TOPICS.emit, [this.target, ...selectionArguments(opts), delivery, ...kept, ...parts]);
  }

  /** Sends the values of a packet. Each node encodes them for its namespaces. */
  emitValues(data: readonly unknown[], opts: BroadcastOptions): void {
    if (this.nodes > 0) this.link.send(TOPICS.emitValues, this.valuesArguments(data, opts));
  }

  /**
   * Sends the values of a packet, and hands over the answers of clients.
   *
   * @param counted called for each node with the number of its clients that have answered, when it has no more answers
   * @throws ClusterError, see `ClusterLink.ask`
   */
  async emitWithAck(
    data: readonly unknown[],
    opts: BroadcastOptions,
    counted: (clients: number) => void,
    ack: (...values: unknown[]) => void,
  ): Promise<void> {
    const clients = new Map<string, number>();
    await this.link.ask<unknown[]>(TOPICS.emitValues, this.valuesArguments(data, opts), {
      read: (args) => (args.length > 0 ? this.readValues(args) : []),
      more: (values, node) => {
        clients.set(node, (clients.get(node) ?? 0) + 1);
        ack(...values);
      },
      done: (node) => counted(clients.get(node) ?? 0),
      timeout: opts.flags?.timeout ?? 1,
    });
  }

  join(opts: BroadcastOptions, rooms: readonly Room[]): void {
    this.link.send(TOPICS.join, [this.target, ...selectionArguments(opts), listRooms(rooms)]);
  }

  leave(opts: BroadcastOptions, rooms: readonly Room[]): void {
    this.link.send(TOPICS.leave, [this.target, ...selectionArguments(opts), listRooms(rooms)]);
  }

  disconnect(opts: BroadcastOptions, close: boolean): void {
    this.link.send(TOPICS.disconnect, [this.target, ...selectionArguments(opts), close]);
  }

  serverSideEmit(args: readonly unknown[]): void {
    if (this.nodes > 0)
      this.link.send(TOPICS.serverSideEmit, [this.target, ...encodeValues(this.codec(), args)]);
  }

  /** @throws ClusterError, see `ClusterLink.ask` */
  async serverSideEmitWithAck(args: readonly unknown[]): Promise<unknown[]> {
    if (this.nodes === 0) return [];
    return this.ask(
      TOPICS.serverSideEmit,
      encodeValues(this.codec(), args),
      (answer) => this.readValues(answer)[0],
    );
  }

  /** @throws ClusterError, see `ClusterLink.ask` */
  async fetch(opts: BroadcastOptions): Promise<SocketDetails[]> {
    const answers = await this.ask(TOPICS.sockets, selectionArguments(opts), (answer) => {
      const [sockets] = this.readValues(answer);
      expectValid(Array.isArray(sockets) && sockets.every(isDetails), 'malformed sockets');
      return sockets as SocketDetails[];
    });
    return answers.flat();
  }

  /**
   * Returns the ids of the sockets.
   *
   * @throws ClusterError, see `ClusterLink.ask`
   */
  async ids(opts: BroadcastOptions): Promise<SocketId[]> {
    return (await this.ask(TOPICS.ids, selectionArguments(opts), readNames)).flat();
  }

  /**
   * Takes the session of a client from the node that has it.
   *
   * @param offset of the last packet that the client has seen
   * @returns undefined if no node gives it within 5 s
   */
  takeSession(pid: string, offset: string): Promise<HandedSessions | undefined> {
    return new Promise((resolve) => {
      const asked = this.link.ask(TOPICS.session, [this.target, pid, offset], {
        // The other nodes are not waited for.
        read: ([bytes]) => {
          resolve(decodeSessions(readBytes(bytes)));
        },
        timeout: ANSWER_TIMEOUT_MS,
      });
      const nothing = (): void => {
        resolve(undefined);
      };
      asked.then(nothing, nothing);
    });
  }

  /**
   * Gives sessions to a node.
   *
   * @throws Error if the data of a socket cannot be cloned
   */
  giveSessions(node: string, sessions: HandedSessions): void {
    this.link.send(TOPICS.sessions, [this.target, encodeSessions(sessions)], node);
  }

  /** @throws ClusterError, see `ClusterLink.ask` */
  async rooms(): Promise<Room[]> {
    return (await this.ask(TOPICS.rooms, [], readNames)).flat();
  }

  private async ask<T>(
    topic: string,
    args: readonly Argument[],
    read: QuestionOptions<T>['read'],
  ): Promise<T[]> {
    const options = { read, timeout: ANSWER_TIMEOUT_MS };
    return [...(await this.link.ask(topic, [this.target, ...args], options)).values()];
  }

  private valuesArguments(data: readonly unknown[], opts: BroadcastOptions): Argument[] {
    const values = encodeValues(this.codec(), data);
    return [this.target, ...selectionArguments(opts), deliveryArgument(opts), ...values];
  }

  private readValues(args: readonly unknown[]): unknown[] {
    return decodeValues(this.codec(), readParts(args));
  }
}

function readNames([names]: readonly unknown[]): string[] {
  expectValid(Array.isArray(names), 'a malformed list');
  return names as string[];
}

function isDetails(value: unknown): boolean {
  const { id, rooms } = (value ?? {}) as Partial<SocketDetails>;
  return typeof id === 'string' && Array.isArray(rooms);
}
