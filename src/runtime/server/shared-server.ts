import { isDeepStrictEqual } from 'node:util';
import type { Server as HttpServer } from 'node:http';
import type { Server } from 'socket.io';
import { identify } from '../../compiler/compile-paths';
import type { LiteralPath } from '../../compiler/plan';
import type { GatewayRuntime } from '../gateway-runtime';
import { bindPath } from '../namespaces/bind-namespaces';
import { attachSocketIO, type Attachment } from './attach-socket-io';
import { HttpListener, type Address } from './http-listener';
import {
  checkNamespaces,
  combineOptions,
  connectAdapter,
  contradiction,
  socketOptions,
  type CombinedOptions,
} from './server-options';
import { watchSlowReaders } from './slow-readers';

/** An address to listen on, or the HTTP server of somebody else. */
export type Place = { readonly address: Address } | { readonly http: HttpServer };

type Unbind = () => Promise<void>;

/** One Socket.IO server and the gateways that share it. */
export class SharedServer {
  /** Of every gateway, how to take its paths away again. */
  private readonly gateways = new Map<GatewayRuntime, Map<string, Unbind>>();
  private readonly stopWatching: () => void;
  private opened: Promise<void> | undefined;

  /**
   * @param place where it is
   * @param gateways all that are known to come here: their options are brought together
   * @throws DeclarationError where two of them want different things
   */
  static async create(place: Place, gateways: readonly GatewayRuntime[]): Promise<SharedServer> {
    checkNamespaces(gateways);
    const options = combineOptions(gateways);
    const adapter = await connectAdapter(options.io.adapter);
    const listener = 'address' in place ? new HttpListener(place.address, options.https) : undefined;
    const http = 'http' in place ? place.http : (listener as HttpListener).server;
    const attachment = attachSocketIO(http, {
      ...socketOptions(options, gateways),
      ...(adapter && { adapter }),
    });
    const server = new SharedServer(listener, attachment, options);
    for (const gateway of gateways) server.bind(gateway);
    return server;
  }

  private constructor(
    private readonly listener: HttpListener | undefined,
    private readonly attachment: Attachment,
    private readonly options: CombinedOptions,
  ) {
    this.stopWatching = watchSlowReaders(attachment.io, () => this.gateways.keys());
    attachment.io.use((socket, next) => {
      // Without a gateway, '/' would take in anybody and answer nothing.
      if (socket.nsp.listenerCount('connection') > 0) next();
      else next(new Error('Invalid namespace'));
    });
  }

  get io(): Server {
    return this.attachment.io;
  }

  /** Whether no other gateway is here. */
  isLast(gateway: GatewayRuntime): boolean {
    return this.gateways.size === 1 && this.gateways.has(gateway);
  }

  /** Whether the gateway's namespaces are bound here. */
  has(gateway: GatewayRuntime): boolean {
    return this.gateways.has(gateway);
  }

  /**
   * Takes in a gateway that came after the server was made.
   *
   * @throws DeclarationError where it wants what the server is not, or a namespace that is taken
   */
  add(gateway: GatewayRuntime): void {
    const all = [...this.gateways.keys(), gateway];
    checkNamespaces(all);
    const wanted = combineOptions(all);
    if (!isDeepStrictEqual(wanted, this.options)) {
      const [first] = this.gateways.keys();
      throw contradiction(
        gateway,
        `it wants https, cors or io.options that its server, opened by ${String(first?.plan.className)}, was opened ` +
          'without; give them to that gateway, or choose another port',
      );
    }
    this.bind(gateway);
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

  /** Takes all namespaces of a gateway away; with the last one the server is closed. */
  async release(gateway: GatewayRuntime): Promise<void> {
    const bound = [...(this.gateways.get(gateway)?.values() ?? [])];
    this.gateways.delete(gateway);
    await Promise.all(bound.map((unbind) => unbind()));
    gateway.io = undefined;
    if (this.gateways.size > 0) return;
    this.stopWatching();
    await Promise.all([this.attachment.detach(), this.listener?.close()]);
  }

  /**
   * Serves one more namespace with the events of a gateway.
   *
   * @throws Error if there is such a namespace already
   */
  addPath(gateway: GatewayRuntime, path: LiteralPath): void {
    if (this.serves(path)) throw new Error(`Namespace '${path.name}' already exists`);
    this.gateways.get(gateway)?.set(identify(path), bindPath(gateway, this.io, path));
  }

  /** Whether there is such a namespace, whoever has it. */
  serves(path: LiteralPath): boolean {
    if (path.name !== '/') return this.io._nsps.has(path.name);
    return [...this.gateways.values()].some((bound) => bound.has(identify(path)));
  }

  /** @throws Error if there is no such namespace of the gateway */
  async removePath(gateway: GatewayRuntime, path: LiteralPath): Promise<void> {
    const bound = this.gateways.get(gateway);
    const unbind = bound?.get(identify(path));
    if (!unbind) throw new Error(`Namespace '${path.name}' does not exist`);
    bound?.delete(identify(path));
    for (const socket of this.io.of(path.name).sockets.values()) socket.disconnect();
    await unbind();
  }

  private bind(gateway: GatewayRuntime): void {
    gateway.io = this.io;
    const bound = new Map<string, Unbind>();
    this.gateways.set(gateway, bound);
    for (const path of gateway.plan.paths) bound.set(identify(path), bindPath(gateway, this.io, path));
  }
}
