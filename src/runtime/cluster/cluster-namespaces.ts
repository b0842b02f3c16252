import type { Socket } from 'socket.io';
import type { Adapter, BroadcastOptions } from 'socket.io-adapter';
import type { ConnectsAdapters, NamespaceTarget } from '../model';
import { hasOffset, readOptions, readRooms } from './broadcast-options';
import { type AdapterPacket, ClusterAdapter } from './cluster-adapter';
import type { ClusterLink } from './cluster-link';
import { describeSockets } from './describe-sockets';
import { readParts } from './encode-message';
import type { PacketCodec } from '../socket-io/packet-codec';
import { receiveServerSideEvent } from '../socket-io/server-side-event';
import { decodeValues, encodeValues, EVENT } from './encode-values';
import { decodeSessions, encodeSessions, readBytes } from './handed-sessions';
import type { ClusterLog } from './observers';
import { readOffset } from './packet-offset';
import { ANSWER_TIMEOUT_MS, RemoteSockets, TOPICS } from './remote-sockets';
import type { Reply } from './topics';
import { WaitingSessions } from './waiting-sessions';
import { ABSENT, DONE, expectValid, MORE } from './wire';

export interface ClusterNamespacesOptions {
  readonly link: ClusterLink;
  readonly log: ClusterLog;
  /** Returns the Socket.IO server that the gateway is attached to. */
  readonly codec: () => PacketCodec;
  /** Returns the adapter of a live namespace that belongs to the gateway; undefined if there is none. */
  readonly adapterOf: (namespace: string) => Adapter | undefined;
  /** Returns the names of the live namespaces of a declared path of the gateway. */
  readonly namespacesOf: (path: string) => Iterable<string>;
}

/**
 * The namespaces of a gateway: takes what other nodes send to them, and sends to those of other nodes. They may have adapters of
 * another kind: what is `local` stays on this node with those, too.
 */
export class ClusterNamespaces implements ConnectsAdapters {
  private readonly waitingSessions = new WaitingSessions();

  constructor(private readonly options: ClusterNamespacesOptions) {
    const { link } = options;
    link.handle(TOPICS.emit, { send: (args) => this.emit(args) });
    link.handle(TOPICS.emitValues, {
      send: (args) => this.emitValues(args),
      ask: (args, reply) => this.emitWithAck(args, reply),
    });
    link.handle(TOPICS.join, {
      send: ([target, rooms, except, names]) => {
        const opts = readOptions(rooms, except);
        for (const adapter of this.of(target)) adapter.addSockets(opts, readRooms(names));
      },
    });
    link.handle(TOPICS.leave, {
      send: ([target, rooms, except, names]) => {
        const opts = readOptions(rooms, except);
        for (const adapter of this.of(target)) adapter.delSockets(opts, readRooms(names));
      },
    });
    link.handle(TOPICS.disconnect, {
      send: ([target, rooms, except, close]) => {
        const opts = readOptions(rooms, except);
        for (const adapter of this.of(target)) adapter.disconnectSockets(opts, close === true);
      },
    });
    link.handle(TOPICS.serverSideEmit, {
      send: (args) => this.serverSideEmit(args),
      ask: (args, reply) => this.serverSideEmit(args, reply),
    });
    link.handle(TOPICS.sockets, { ask: (args, reply) => this.describe(args, reply) });
    link.handle(TOPICS.ids, { ask: (args, reply) => this.ids(args, reply) });
    link.handle(TOPICS.session, {
      ask: ([target, pid, offset], reply) => {
        expectValid(typeof pid === 'string' && typeof offset === 'string', 'a malformed session');
        for (const adapter of this.of(target)) {
          const handed = adapter instanceof ClusterAdapter && adapter.recoverable?.give(pid, offset);
          if (handed) {
            reply(DONE, encodeSessions(handed));
            return;
          }
        }
        reply(ABSENT);
      },
    });
    link.handle(TOPICS.sessions, {
      send: ([target, bytes]) => {
        expectValid(typeof target === 'string', 'sessions without a namespace');
        const [adapter] = this.of(target);
        const recoverable = adapter instanceof ClusterAdapter ? adapter.recoverable : undefined;
        this.waitingSessions.receive(target, decodeSessions(readBytes(bytes)), recoverable);
      },
    });
    link.handle(TOPICS.rooms, {
      ask: ([target], reply) =>
        reply(DONE, [...new Set(this.of(target).flatMap(({ rooms }) => [...rooms.keys()]))]),
    });
  }

  /** Lets a namespace take part in the cluster. */
  attach(adapter: ClusterAdapter): void {
    this.waitingSessions.claim(adapter.nsp.name, adapter.recoverable);
    adapter.remote = this.remote(adapter.nsp.name);
  }

  /** Takes a namespace out. */
  detach(adapter: ClusterAdapter): void {
    adapter.remote = undefined;
    for (const close of adapter.unanswered) close();
  }

  /** Returns the sockets of a namespace on other nodes. This node need not have the namespace. */
  remote(target: NamespaceTarget): RemoteSockets {
    return new RemoteSockets(this.options.link, target, () => this.options.codec());
  }

  private of(target: unknown): Adapter[] {
    const path: unknown = Array.isArray(target) ? target[0] : undefined;
    expectValid(typeof target === 'string' || typeof path === 'string', 'a message without a namespace');
    const names = typeof path === 'string' ? this.options.namespacesOf(path) : [target as string];
    return Array.from(names).flatMap((name) => this.options.adapterOf(name) ?? []);
  }

  private emit([target, rooms, except, delivery, ...content]: readonly unknown[]): void {
    const opts = readOptions(rooms, except, delivery);
    const offset = hasOffset(delivery) ? readOffset(content.shift()) : undefined;
    const encoded = readParts(content);
    for (const adapter of this.of(target)) {
      if (adapter instanceof ClusterAdapter) adapter.broadcastEncoded(encoded, opts, offset);
      else adapter.broadcast(packetOf(decodeValues(this.options.codec(), encoded)), opts);
    }
  }

  private emitValues([target, rooms, except, delivery, ...parts]: readonly unknown[]): void {
    const opts = readOptions(rooms, except, delivery);
    const data = this.values(parts);
    for (const adapter of this.of(target)) adapter.broadcast(packetOf(data), opts);
  }

  private emitWithAck([target, rooms, except, delivery, ...parts]: readonly unknown[], reply: Reply): void {
    const opts = readOptions(rooms, except, delivery);
    const data = this.values(parts);
    const adapters = this.of(target);
    let clients = 0;
    let counting = adapters.length;
    const answered = (change: number): void => {
      clients += change;
      if (counting === 0 && clients === 0) reply(DONE);
    };
    if (counting === 0) reply(ABSENT);
    for (const adapter of adapters) {
      broadcastWithAckHere(
        adapter,
        packetOf(data),
        opts,
        (count) => {
          counting--;
          answered(count);
        },
        (...values) => {
          reply(MORE, ...encodeValues(this.options.codec(), values));
          answered(-1);
        },
      );
    }
  }

  private serverSideEmit([target, ...parts]: readonly unknown[], reply?: Reply): void {
    const values = this.values(parts);
    expectValid(typeof values[0] === 'string', 'an event without a name');
    const [adapter] = this.of(target);
    if (!(adapter instanceof ClusterAdapter)) {
      reply?.(ABSENT);
      return;
    }
    if (reply) values.push(this.expectAnswer(adapter, reply));
    receiveServerSideEvent(adapter.nsp, values as [string, ...unknown[]]);
  }

  /** Returns the ack of a question to the listeners of a namespace. If the namespace closes first, nothing is answered. */
  private expectAnswer(adapter: ClusterAdapter, reply: Reply): (value: unknown) => void {
    const end = (): boolean => {
      clearTimeout(timer);
      return adapter.unanswered.delete(close);
    };
    const close = (): void => {
      if (end()) reply(ABSENT);
    };
    const timer = setTimeout(end, ANSWER_TIMEOUT_MS).unref();
    adapter.unanswered.add(close);
    return (value) => {
      if (end()) reply(DONE, ...encodeValues(this.options.codec(), [value]));
    };
  }

  private async describe([target, rooms, except]: readonly unknown[], reply: Reply): Promise<void> {
    const opts = readOptions(rooms, except);
    const sockets = await Promise.all(this.of(target).map((adapter) => fetchSocketsHere(adapter, opts)));
    const { codec, log } = this.options;
    reply(DONE, ...describeSockets(codec(), sockets.flat(), log));
  }

  private async ids([target, rooms, except]: readonly unknown[], reply: Reply): Promise<void> {
    const opts = readOptions(rooms, except);
    const sockets = await Promise.all(this.of(target).map((adapter) => fetchSocketsHere(adapter, opts)));
    reply(
      DONE,
      sockets.flat().map(({ id }) => id),
    );
  }

  private values(parts: readonly unknown[]): unknown[] {
    return decodeValues(this.options.codec(), readParts(parts));
  }
}

function broadcastWithAckHere(
  adapter: Adapter,
  ...broadcast: Parameters<ClusterAdapter['broadcastWithAckHere']>
): void {
  if (adapter instanceof ClusterAdapter) adapter.broadcastWithAckHere(...broadcast);
  else adapter.broadcastWithAck(...broadcast);
}

function fetchSocketsHere(adapter: Adapter, opts: BroadcastOptions): Promise<Socket[]> {
  return adapter instanceof ClusterAdapter
    ? adapter.fetchSocketsHere(opts)
    : (adapter.fetchSockets(opts) as Promise<Socket[]>);
}

function packetOf(data: unknown[]): AdapterPacket {
  return { type: EVENT, nsp: '', data };
}
