import type { Adapter, BroadcastOptions } from 'socket.io-adapter';

/**
 * How a Socket.IO server reaches other nodes. `'moleculer'`: over the transporter of the broker. `'other'`: with another adapter.
 * `'local'`: not, because its setting says so. `'none'`: not.
 */
export type AdapterKind = 'moleculer' | 'other' | 'local' | 'none';

/** A namespace by its name, or all live namespaces of a declared path. */
export type NamespaceTarget = string | { readonly path: string };

/** The other nodes of a gateway's service. */
export interface Cluster {
  readonly adapter: AdapterKind;
  /** Connects the adapters of namespaces to other nodes; undefined if they stay on this node. */
  readonly namespaces: ConnectsAdapters | undefined;
  /** True if the broker has a transporter, and the service has started. */
  readonly hasLink: boolean;
  /** Returns the sockets of a namespace on other nodes; undefined if there is no other node, or none is reached. */
  elsewhere(target: NamespaceTarget): SocketsElsewhere | undefined;
  /** Sends values to the service on all other nodes, whatever their adapters are. */
  publish(topic: string, values: readonly unknown[]): void;
}

/** Connects adapters to those of other nodes. */
export interface ConnectsAdapters {
  attach(adapter: Adapter): void;
  detach(adapter: Adapter): void;
}

/** The sockets of a namespace, or of all live namespaces of a path, on other nodes. This node need not have the namespace. */
export interface SocketsElsewhere {
  emitValues(values: readonly unknown[], opts: BroadcastOptions): void;
  /**
   * Sends an event, and hands over the answers of clients.
   *
   * @param counted called for each node with the number of its clients that have answered, when it has no more answers
   * @returns resolves when all nodes have no more answers
   * @throws ClusterError if a node has some in `opts.flags.timeout` milliseconds
   */
  emitWithAck(
    values: readonly unknown[],
    opts: BroadcastOptions,
    counted: (clients: number) => void,
    ack: (...answer: unknown[]) => void,
  ): Promise<void>;
  join(opts: BroadcastOptions, rooms: readonly string[]): void;
  leave(opts: BroadcastOptions, rooms: readonly string[]): void;
  disconnect(opts: BroadcastOptions, close: boolean): void;
  /** @throws ClusterError if a node does not answer within 5 s */
  ids(opts: BroadcastOptions): Promise<string[]>;
}

/** Counts the messages between the nodes of a gateway. */
export interface ClusterCounters {
  /** Messages given to the transporter. A message to three nodes counts three times. */
  sent(messages: number): void;
  /** Messages that arrived and were read. */
  received(messages: number): void;
  /** Messages that could not be sent, arrived too late, or were malformed. */
  lost(messages: number): void;
  /** Called with the number of peers whenever it changes. */
  peers(count: number): void;
}
