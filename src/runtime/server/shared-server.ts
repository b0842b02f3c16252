import { inspect, isDeepStrictEqual } from 'node:util';
import type { Server as HttpServer } from 'node:http';
import type { Service } from 'moleculer';
import { GatewayServer } from '../socket-io/gateway-server';
import { connectAdapters } from '../cluster/connect-adapters';
import { MAX_RECOVERY_BYTES, RecoveryBudget } from '../cluster/recovery-budget';
import { READINESS_PATH } from '../../plan/server-settings';
import { ServerExplorers } from '../explorer/server-explorers';
import type { Gateway } from '../model';
import { makeAdaptersSafe } from '../socket-io/safe-adapter';
import { BoundGateways } from './bound-gateways';
import { AbsentNamespaces } from './absent-namespaces';
import { attachLater, useOwnMethods, type AttachTo } from './attach-later';
import { attachSocketIO, closeServer, type Attachment } from '../socket-io/attach-socket-io';
import { HttpListener, type Address } from './http-listener';
import {
  checkNamespaces,
  taken,
  combineOptions,
  connectAdapter,
  contradiction,
  socketOptions,
  type CombinedOptions,
} from './server-options';
import { readinessOf } from '../drain/readiness';
import { refuseHandshakes } from '../drain/refuse-handshakes';
import { watchConnections } from '../socket-io/watch-connections';
import { watchSlowReaders } from '../socket-io/slow-readers';

/** An address to listen on, an HTTP server of the application, or, for a service that waits for one, the service. */
export type Place =
  | { readonly address: Address }
  | { readonly http: HttpServer }
  | { readonly waiting: Service };

/** One Socket.IO server and the gateways that share it. */
export class SharedServer {
  private stopWatching: (() => void) | undefined;
  private opened: Promise<void> | undefined;

  /** Settles when the adapter is connected, where that takes a connection. */
  readonly prepared: Promise<void>;
  readonly io: GatewayServer;
  readonly gateways: BoundGateways;
  private listener: HttpListener | undefined;
  private attachment: Attachment | undefined;
  private readonly options: CombinedOptions;
  private readonly absent: AbsentNamespaces | undefined;
  private readonly explorers = new ServerExplorers(() => this.io.path());

  /**
   * @param place where it is
   * @param gateways all that are known to come here: their options are brought together
   * @param onAttach called when the application attaches a server that waits: `io.attach(http)`
   * @throws DeclarationError where two of them want different things
   */
  constructor(place: Place, gateways: readonly Gateway[], onAttach: AttachTo) {
    checkNamespaces(gateways);
    this.options = combineOptions(gateways);
    // A mistake is found before anything is attached.
    for (const gateway of gateways) this.explorers.add(gateway);
    const { backlog, https, recovery } = this.options;
    this.io = new GatewayServer(socketOptions(this.options, gateways), {
      all: () => this.gateways.all(),
      hold: (name, done) => this.absent?.hold(name, done) ?? false,
    });
    this.absent = gateways[0] && AbsentNamespaces.of(gateways[0].broker);
    const { io } = this;
    this.gateways = new BoundGateways(io);
    RecoveryBudget.of(io).maxBytes = recovery?.maxBytes ?? MAX_RECOVERY_BYTES;
    if (gateways[0]) makeAdaptersSafe(io, gateways[0].report);
    if ('waiting' in place) attachLater(io, onAttach);
    else if ('http' in place) this.attachTo(place.http);
    else this.attachTo((this.listener = new HttpListener(place.address, https, backlog)).server);
    connectAdapters(io, () => this.gateways.all());
    for (const gateway of gateways) this.bind(gateway);
    this.prepared = connectAdapter(io, this.options.io.adapter);
    // `started` awaits it; a gateway that is attached earlier does not.
    this.prepared.catch(() => undefined);
  }

  /** The HTTP server that it is attached to; undefined if it waits for one. */
  get http(): HttpServer | undefined {
    return this.attachment?.http;
  }

  /**
   * Attaches the server.
   *
   * @param options of Engine.IO, where those of the gateways do not say otherwise
   * @throws Error if the HTTP server has another Socket.IO server
   */
  attachTo(http: HttpServer, options?: object): void {
    // The settings of a service that waited may have changed.
    for (const gateway of this.gateways.all()) this.explorers.add(gateway);
    const path = this.options.readiness ?? (this.listener?.server === http && READINESS_PATH);
    const readiness = path ? readinessOf(path, () => this.gateways.all()) : undefined;
    this.attachment = attachSocketIO(
      this.io,
      http,
      options,
      (request, response) =>
        this.explorers.answer(request, response) || (readiness?.(request, response) ?? false),
    );
    useOwnMethods(this.io);
    refuseHandshakes(this.io);
    const connections = watchConnections(this.io, () => this.gateways.all());
    this.stopWatching = watchSlowReaders(this.io, connections, () => this.gateways.all());
  }

  /** Attaches a server that waits to a port that it opens. A port that cannot be opened is reported. */
  listenOn(port: number, options?: object): HttpServer {
    const [gateway] = this.gateways.all();
    const listener = new HttpListener(
      { port: String(port), ip: gateway?.server.ip ?? '0.0.0.0' },
      this.options.https,
      this.options.backlog,
    );
    this.listener = listener;
    this.attachTo(listener.server, options);
    this.opened = undefined;
    this.open().catch((error: unknown) => gateway?.report('a port cannot be opened', error));
    return listener.server;
  }

  /** Returns true if the gateways want the options that the server was created with. */
  suits(gateways: readonly Gateway[]): boolean {
    return isDeepStrictEqual(combineOptions(gateways), this.options);
  }

  /** Leaves the gateways to another server, at once. It must have no clients. */
  dissolve(): void {
    this.absent?.end();
    void Promise.allSettled([...this.gateways.removeAll(), closeServer(this.io)]);
  }

  /** True if the HTTP server was not created by the gateways. */
  get isGuest(): boolean {
    return this.listener === undefined;
  }

  /** Returns true if no other gateway is on the server. */
  isLast(gateway: Gateway): boolean {
    const [first, ...others] = this.gateways.all();
    return first === gateway && others.length === 0;
  }

  /** Returns true if the namespaces of the gateway are bound to the server. */
  has(gateway: Gateway): boolean {
    return this.gateways.has(gateway);
  }

  /**
   * Takes in a gateway that came after the server was made.
   *
   * @throws DeclarationError where it wants what the server is not, or a namespace that is taken
   */
  add(gateway: Gateway): void {
    this.check(gateway);
    this.bind(gateway);
  }

  /** @throws DeclarationError where a gateway wants what the server is not, or a namespace that is taken */
  check(gateway: Gateway): void {
    for (const path of gateway.plan.paths) {
      const owner = this.gateways.ownerOf(path);
      if (owner) throw taken(gateway, path, owner);
    }
    const [first] = this.gateways.all();
    const all = [...this.gateways.all(), gateway];
    if (this.suits(all)) return;
    const wanted = combineOptions(all);
    const what =
      wanted.backlog !== this.options.backlog
        ? 'a backlog'
        : wanted.adapter !== this.options.adapter
          ? `io.adapter: '${wanted.adapter}'`
          : wanted.readiness !== this.options.readiness
            ? `readiness: ${inspect(wanted.readiness)}`
            : 'https, cors or io.options';
    throw contradiction(
      gateway,
      `it wants ${what} that its server, opened by ${String(first?.plan.className)}, was opened ` +
        'without; give them to that gateway, or choose another port',
    );
  }

  /** Listens, if the server is ours; several may ask. */
  async open(): Promise<void> {
    this.opened ??= this.listener?.listen() ?? Promise.resolve();
    try {
      await this.opened;
    } catch (error) {
      this.opened = undefined;
      throw error;
    }
  }

  /** Returns true if the HTTP server belongs to the service of the gateway, as moleculer-web's does. */
  isHostedBy(gateway: Gateway): boolean {
    return this.http !== undefined && (gateway.service as { server?: unknown }).server === this.http;
  }

  /** Takes all namespaces of a gateway away; hot reload brings it back. */
  async release(gateway: Gateway): Promise<void> {
    this.absent?.leave(gateway);
    await this.unbind(gateway);
  }

  private async unbind(gateway: Gateway): Promise<void> {
    this.explorers.remove(gateway);
    await this.gateways.remove(gateway);
  }

  /** Takes everything away. */
  async close(): Promise<void> {
    this.stopWatching?.();
    this.absent?.end();
    for (const gateway of [...this.gateways.all()]) await this.unbind(gateway);
    const closing = closeServer(this.io).then(() => this.attachment?.detach());
    await Promise.all([closing, this.listener?.close()]);
  }

  private bind(gateway: Gateway): void {
    this.explorers.add(gateway);
    gateway.adapterSetting = this.options.io.adapter ? 'given' : this.options.adapter;
    this.gateways.add(gateway);
    this.absent?.arrive(gateway);
  }
}
