import { Server, type Namespace, type ServerOptions } from 'socket.io';
import { MAX_NAME_LENGTH } from '../../plan/names';
import { nameOfPath, servesName } from '../../plan/paths';
import type { DynamicPath } from '../../plan/plan';
import { printable } from '../../plan/printable';
import type { Gateway } from '../model';
import { checkSocketIO } from './check-socket-io';
import { stateOf, type EngineConnection } from './connection';
import { joinWrites, type FlushingEngine } from './join-writes';
import { measuredParser, type ConnectGate, type DecodedPacket, type Proceed } from './measured-parser';
import { originalAdd, type SocketFactory } from './make-sockets';
import {
  countRefusal,
  INVALID_NAMESPACE,
  refusalOfLimits,
  refuseNamespace,
  refuseWhileDraining,
  smallestLimits,
} from './refuse-handshake';

/** The questions that the server has about its gateways. */
export interface GatewaysOfServer {
  /** Returns the gateways that are on the server now. */
  all(): Iterable<Gateway>;
  /** Calls back when a namespace that is being reloaded is served again. Returns false if the name does not belong to one. */
  hold(name: string, done: () => void): boolean;
}

/** A CONNECT packet that is being handled. */
interface Handshake {
  readonly connection: EngineConnection;
  readonly bytes: number;
}

type Engine = FlushingEngine & {
  on(event: 'connection', listener: (connection: EngineConnection) => void): unknown;
};

/** The code of refusals of names that no namespace has. */
const NOT_FOUND = 404;

/** Socket.IO's server. It asks the limits of a connection before it creates anything for a namespace. */
export class GatewayServer extends Server implements ConnectGate {
  /** The names of literal paths: dynamic paths do not match them. */
  readonly literalNames = new Set<string>();
  readonly dynamicPaths = new Map<DynamicPath, Gateway>();
  /** The namespaces that belong to a gateway. */
  readonly ownedNamespaces = new WeakSet<Namespace>();
  private opening: EngineConnection | undefined;
  private handshake: Handshake | undefined;

  /**
   * @param options of Socket.IO; the server is attached to an HTTP server later
   * @throws Error if Socket.IO has become another
   */
  constructor(
    options: Partial<ServerOptions>,
    private readonly gateways: GatewaysOfServer,
  ) {
    super(options);
    checkSocketIO(this);
    Object.assign(this, { _parser: measuredParser(this._parser, this) });
    this.refuseUnservedRoot();
  }

  /** True if there are gateways on the server, and all of them refuse new clients because they drain. */
  get isClosed(): boolean {
    let count = 0;
    for (const { availability } of this.gateways.all()) {
      count++;
      if (availability !== 'closed') return false;
    }
    return count > 0;
  }

  /** Bytes of the CONNECT packet that is being handled; 0 if none is. */
  get handshakeBytes(): number {
    return this.handshake?.bytes ?? 0;
  }

  /** True while a client's CONNECT packet is being handled: a namespace that is created now is created for it. */
  get isConnecting(): boolean {
    return this.handshake !== undefined;
  }

  override bind(engine: Engine): this {
    // Before the listener of Socket.IO, which constructs the decoder.
    engine.on('connection', (connection) => {
      this.opening = connection;
    });
    joinWrites(engine);
    return super.bind(engine);
  }

  takeOpening(): EngineConnection | undefined {
    const { opening } = this;
    this.opening = undefined;
    return opening;
  }

  receiveConnect(connection: EngineConnection, packet: DecodedPacket, bytes: number, proceed: Proceed): void {
    if (connection.readyState !== 'open') return;
    const name = nameIn(packet, connection);
    if (name.length > MAX_NAME_LENGTH) {
      refuseNamespace(this, connection, packet.nsp, INVALID_NAMESPACE);
      this.countUnknownName(connection);
      return;
    }
    const handshake = { connection, bytes };
    const namespace = this._nsps.get(name);
    if (!namespace && this.refuseName(handshake, name, packet.nsp)) return;
    const isOwned = namespace !== undefined && this.ownedNamespaces.has(namespace);
    if (!isOwned && this.holdHandshake(handshake, name, packet, proceed)) return;
    this.during(handshake, () => {
      proceed(packet);
    });
  }

  /** Called by Socket.IO for a name that no namespace has. */
  override _checkNamespace(...[name, auth, done]: Parameters<Server['_checkNamespace']>): void {
    const { handshake } = this;
    if (!handshake) {
      super._checkNamespace(name, auth, done);
      return;
    }
    // A function of the application that decides about names may be async.
    const stopWaiting = countWaiting(handshake);
    const answer: typeof done = (namespace) => {
      stopWaiting();
      if (handshake.connection.readyState !== 'open') return;
      this.during(handshake, () => {
        done(namespace);
      });
      if (!namespace) this.countUnknownName(handshake.connection);
    };
    try {
      super._checkNamespace(name, auth, answer);
    } catch (error) {
      // The adapter of the new namespace threw.
      const gateway = this.ownerOf(name)?.[1] ?? this.firstGateway();
      gateway?.report(`the namespace '${printable(name)}' could not be created`, error);
      answer(false);
    }
  }

  /** Refuses `'/'` while neither a gateway nor a listener of the application serves it. Socket.IO would admit every client. */
  private refuseUnservedRoot(): void {
    const root = this.sockets;
    const add = originalAdd(root);
    (root as object as SocketFactory)._add = (client, auth, done) => {
      if (root.listenerCount('connection') > 0) return add(client, auth, done);
      refuseNamespace(this, client.conn, root.name, INVALID_NAMESPACE);
      this.countUnknownName(client.conn);
      return undefined;
    };
  }

  private refuseName({ connection, bytes }: Handshake, name: string, nsp: string): boolean {
    const [path, owner] = this.ownerOf(name) ?? [];
    const gateway = owner ?? this.firstGateway();
    if (!gateway) return false;
    const label = path ? nameOfPath(path) : '*';
    if (owner && refuseWhileDraining(this, owner, connection, nsp, label)) return true;
    const limits = owner?.plan.limits ?? smallestLimits(this.gateways.all());
    const refusal = refusalOfLimits(gateway, limits, label, connection, bytes);
    if (!refusal) return false;
    refuseNamespace(this, connection, nsp, refusal);
    gateway.metrics?.refused(label, refusal.code);
    countRefusal(connection, gateway, limits.maxRefusals);
    return true;
  }

  /** Lets a handshake wait while its namespace is being reloaded. Returns false if it is not. */
  private holdHandshake(
    handshake: Handshake,
    name: string,
    packet: DecodedPacket,
    proceed: Proceed,
  ): boolean {
    let stopWaiting: (() => void) | undefined;
    const isHeld = this.gateways.hold(name, () => {
      stopWaiting?.();
      if (handshake.connection.readyState !== 'open') return;
      this.during(handshake, () => {
        proceed(packet);
      });
    });
    if (isHeld) stopWaiting = countWaiting(handshake);
    return isHeld;
  }

  private countUnknownName(connection: EngineConnection): void {
    const gateway = this.firstGateway();
    if (!gateway) return;
    gateway.metrics?.refused('*', NOT_FOUND);
    countRefusal(connection, gateway, smallestLimits(this.gateways.all()).maxRefusals);
  }

  private firstGateway(): Gateway | undefined {
    const [first] = this.gateways.all();
    return first;
  }

  /** Returns the dynamic path that a new namespace of this name would belong to, and its gateway. */
  private ownerOf(name: string): readonly [DynamicPath, Gateway] | undefined {
    for (const entry of this.dynamicPaths) if (servesName(entry[0], name)) return entry;
    return undefined;
  }

  private during(handshake: Handshake, act: () => void): void {
    const before = this.handshake;
    this.handshake = handshake;
    try {
      act();
    } finally {
      this.handshake = before;
    }
  }
}

/** Returns true if a server has gateways, and all of them refuse new clients because they drain. */
export function isClosed(io: Server): boolean {
  return io instanceof GatewayServer && io.isClosed;
}

/** Returns the name of the namespace. Clients of Socket.IO 2 append a query to it. */
function nameIn({ nsp }: DecodedPacket, { protocol }: EngineConnection): string {
  return protocol === 3 ? (nsp.split('?', 1)[0] as string) : nsp;
}

/** Counts a handshake that waits like one of the namespaces of the connection, until the returned function is called. */
function countWaiting({ connection, bytes }: Handshake): () => void {
  const state = stateOf(connection);
  let isWaiting = true;
  state.namespaces++;
  state.pendingBytes += bytes;
  return () => {
    if (!isWaiting) return;
    isWaiting = false;
    state.namespaces--;
    state.pendingBytes -= bytes;
  };
}
