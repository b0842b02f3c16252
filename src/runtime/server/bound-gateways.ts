import { patternKeyOf } from '../../plan/paths';
import type { LiteralPath, PathPlan } from '../../plan/plan';
import type { Gateway } from '../model';
import type { GatewayServer } from '../socket-io/gateway-server';
import { namespacesOf } from '../socket-io/namespace-tables';
import { bindPath } from './bind-path';

type Unbind = () => Promise<void>;

/** The gateways whose namespaces are bound to a Socket.IO server. */
export class BoundGateways {
  /** For every gateway, the functions that remove its paths. */
  private readonly bound = new Map<Gateway, Map<string, Unbind>>();

  constructor(private readonly io: GatewayServer) {}

  /** Returns the gateways that are on the server now. */
  all(): IterableIterator<Gateway> {
    return this.bound.keys();
  }

  has(gateway: Gateway): boolean {
    return this.bound.has(gateway);
  }

  /** Binds the namespaces of a gateway. */
  add(gateway: Gateway): void {
    gateway.io = this.io;
    const paths = new Map<string, Unbind>();
    this.bound.set(gateway, paths);
    for (const path of gateway.plan.paths) paths.set(patternKeyOf(path), bindPath(gateway, this.io, path));
  }

  /** Unbinds the namespaces of a gateway, and closes the connections of its sockets. */
  async remove(gateway: Gateway): Promise<void> {
    const paths = [...(this.bound.get(gateway)?.values() ?? [])];
    this.bound.delete(gateway);
    await Promise.all(paths.map((unbind) => unbind()));
    gateway.io = undefined;
  }

  /**
   * Unbinds all gateways, which may be bound to another server at once.
   *
   * @returns what closes still
   */
  removeAll(): Promise<void>[] {
    const closing: Promise<void>[] = [];
    for (const [gateway, paths] of this.bound) {
      for (const unbind of paths.values()) closing.push(unbind());
      gateway.io = undefined;
    }
    this.bound.clear();
    return closing;
  }

  /** Returns the gateway that a path belongs to. */
  ownerOf(path: PathPlan): Gateway | undefined {
    for (const [gateway, paths] of this.bound) if (paths.has(patternKeyOf(path))) return gateway;
    return undefined;
  }

  /** Returns true if there is such a namespace, of any gateway or of the application. */
  serves(path: LiteralPath): boolean {
    if (path.name !== '/') return namespacesOf(this.io).has(path.name);
    return this.ownerOf(path) !== undefined;
  }

  /**
   * Serves one more namespace with the events of a gateway.
   *
   * @throws Error if there is such a namespace already
   */
  addPath(gateway: Gateway, path: LiteralPath): void {
    if (this.serves(path)) throw new Error(`Namespace '${path.name}' already exists`);
    this.bound.get(gateway)?.set(patternKeyOf(path), bindPath(gateway, this.io, path));
  }

  /** @throws Error if there is no such namespace of the gateway */
  async removePath(gateway: Gateway, path: LiteralPath): Promise<void> {
    const paths = this.bound.get(gateway);
    const unbind = paths?.get(patternKeyOf(path));
    if (!unbind) throw new Error(`Namespace '${path.name}' does not exist`);
    paths?.delete(patternKeyOf(path));
    for (const socket of this.io.of(path.name).sockets.values()) socket.disconnect();
    await unbind();
  }
}
