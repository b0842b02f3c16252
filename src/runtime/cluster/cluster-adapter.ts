import type { Namespace, Socket } from 'socket.io';
import { Adapter, type BroadcastOptions, type Room, type SocketId } from 'socket.io-adapter';
import type { ClusterError } from './cluster-error';
import { acceptEncodedPackets, EncodedPacket } from './encoded-packet';
import { encodePacket, type Parts } from './encode-values';
import type { PacketOffset } from './packet-offset';
import type { RecoverableSessions } from './recoverable-sessions';
import type { RemoteSockets, SocketDetails } from './remote-sockets';

/** A packet as Socket.IO hands it to an adapter. */
export interface AdapterPacket {
  type: number;
  nsp: string;
  id?: number;
  data: unknown[];
}

type ServerSideAck = (error: Error | null, responses: readonly unknown[]) => void;

/**
 * The adapter of a namespace whose sockets are on several nodes of a gateway.
 *
 * Without other nodes it is the in-memory adapter.
 */
export class ClusterAdapter extends Adapter {
  declare readonly nsp: Namespace;
  /** The packets that clients may have missed; undefined without `connectionStateRecovery`. */
  readonly recoverable: RecoverableSessions | undefined = undefined;
  /** True if it never reaches other nodes. */
  readonly staysHere: boolean = false;
  /** The sockets on other nodes; undefined while the adapter belongs to no gateway that runs. */
  remote: RemoteSockets | undefined;
  /** Ends questions of other nodes that listeners of the namespace have not answered. */
  readonly unanswered = new Set<() => void>();

  constructor(nsp: Namespace) {
    super(nsp);
    acceptEncodedPackets(this);
  }

  override serverCount(): Promise<number> {
    return Promise.resolve(1 + (this.remote?.nodes ?? 0));
  }

  override broadcast(packet: AdapterPacket, opts: BroadcastOptions): void {
    const offset = this.recoverable?.number(packet, opts);
    const remote = this.remoteFor(opts);
    if (!remote && !offset) {
      super.broadcast(packet, opts);
      return;
    }
    packet.nsp = this.nsp.name;
    const parts = encodePacket(this.nsp.server, packet);
    remote?.emit(parts, opts, offset);
    const encoded = new EncodedPacket(parts, this.nsp.server);
    if (offset) this.recoverable?.keep(encoded, encoded.bytes, offset, opts, !remote);
    super.broadcast(encoded, opts);
  }

  override broadcastWithAck(
    packet: AdapterPacket,
    opts: BroadcastOptions,
    clientCountCallback: (clients: number) => void,
    ack: (...values: unknown[]) => void,
  ): void {
    const remote = this.remoteFor(opts);
    // The caller has a timeout of its own.
    if (remote) remote.emitWithAck(packet.data, opts, clientCountCallback, ack).catch(() => undefined);
    // The caller waits for an answer of as many nodes as `serverCount` says.
    else for (let node = this.remote?.nodes ?? 0; node > 0; node--) clientCountCallback(0);
    super.broadcastWithAck(packet, opts, clientCountCallback, ack);
  }

  override addSockets(opts: BroadcastOptions, rooms: Room[]): void {
    this.remoteFor(opts)?.join(opts, rooms);
    super.addSockets(opts, rooms);
  }

  override delSockets(opts: BroadcastOptions, rooms: Room[]): void {
    this.remoteFor(opts)?.leave(opts, rooms);
    super.delSockets(opts, rooms);
  }

  override disconnectSockets(opts: BroadcastOptions, close: boolean): void {
    this.remoteFor(opts)?.disconnect(opts, close);
    super.disconnectSockets(opts, close);
  }

  /** @throws ClusterError if a node does not answer within 5 s */
  override async fetchSockets(opts: BroadcastOptions): Promise<(Socket | SocketDetails)[]> {
    const [local, remote = []] = await Promise.all([
      this.fetchSocketsHere(opts),
      this.remoteFor(opts)?.fetch(opts),
    ]);
    return [...local, ...remote];
  }

  /** @throws ClusterError if a node does not answer within 5 s */
  override async sockets(rooms: Set<Room>): Promise<Set<SocketId>> {
    const [local, remote = []] = await Promise.all([
      super.sockets(rooms),
      this.remoteFor({ rooms })?.ids({ rooms }),
    ]);
    for (const id of remote) local.add(id);
    return local;
  }

  /**
   * Returns the rooms of the namespace on all nodes.
   *
   * @throws ClusterError if a node does not answer within 5 s
   */
  async allRooms(): Promise<Set<Room>> {
    return new Set([...this.rooms.keys(), ...((await this.remote?.rooms()) ?? [])]);
  }

  override serverSideEmit(packet: unknown[]): void {
    const ack = packet.at(-1);
    if (typeof ack !== 'function') {
      this.remote?.serverSideEmit(packet);
      return;
    }
    const answered = this.remote?.serverSideEmitWithAck(packet.slice(0, -1)) ?? Promise.resolve([]);
    answered.then(
      (responses) => (ack as ServerSideAck)(null, responses),
      (error: unknown) =>
        (ack as ServerSideAck)(error as Error, (error as Partial<ClusterError>).responses ?? []),
    );
  }

  /**
   * Delivers a packet of another node, which has encoded it, to sockets of this node.
   *
   * @param offset undefined if the packet is not sent again to clients that come back
   */
  broadcastEncoded(parts: Parts, opts: BroadcastOptions, offset: PacketOffset | undefined): void {
    const packet = new EncodedPacket(parts, this.nsp.server);
    if (offset) this.recoverable?.keep(packet, packet.bytes, offset, opts, false);
    super.broadcast(packet, opts);
  }

  /** Delivers a packet to sockets of this node, and hands over their answers. */
  broadcastWithAckHere(
    packet: AdapterPacket,
    opts: BroadcastOptions,
    clientCountCallback: (clients: number) => void,
    ack: (...values: unknown[]) => void,
  ): void {
    super.broadcastWithAck(packet, opts, clientCountCallback, ack);
  }

  /** Returns the sockets of this node. */
  fetchSocketsHere(opts: BroadcastOptions): Promise<Socket[]> {
    return super.fetchSockets(opts) as Promise<Socket[]>;
  }

  /** Returns the sockets on other nodes if some of them may be meant. */
  private remoteFor({ rooms, flags }: BroadcastOptions): RemoteSockets | undefined {
    const { remote } = this;
    if (!remote || remote.nodes === 0 || flags?.local) return undefined;
    if (rooms.size === 0) return remote;
    // Socket.IO broadcasts to the room of one socket what is emitted to it, if sessions are recovered.
    for (const room of rooms) if (!this.nsp.sockets.has(room)) return remote;
    return undefined;
  }
}
