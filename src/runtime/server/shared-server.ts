import { isDeepStrictEqual } from 'node:util';
import type { Server as HttpServer } from 'node:http';
import type { ServerOptions } from 'socket.io';
import { identify } from '../../compiler/compile-paths';
import { DeclarationError } from '../../errors';
import type { ServerSettings } from '../../types';
import type { GatewayRuntime } from '../gateway-runtime';
import { bindNamespaces } from '../namespaces/bind-namespaces';
import { attachSocketIO, type Attachment } from './attach-socket-io';
import { HttpListener, type Address } from './http-listener';
import { corsOptions, guardHandshake } from './origin-guard';

/** An address to listen on, or the HTTP server of somebody else. */
export type Place = { readonly address: Address } | { readonly http: HttpServer };

/** One Socket.IO server and the gateways that share it. */
export class SharedServer {
  private readonly gateways = new Map<GatewayRuntime, () => Promise<void>>();
  private readonly listener: HttpListener | undefined;
  private readonly attachment: Attachment;
  private readonly options: CombinedOptions;
  private opened: Promise<void> | undefined;

  /**
   * @param place where it is
   * @param gateways all that are known to come here: their options are brought together
   * @throws DeclarationError where two of them want different things
   */
  constructor(place: Place, gateways: readonly GatewayRuntime[]) {
    checkNamespaces(gateways);
    this.options = combineOptions(gateways);
    const { options } = this;
    this.listener = 'address' in place ? new HttpListener(place.address, options.https) : undefined;
    const http = 'http' in place ? place.http : (this.listener as HttpListener).server;
    this.attachment = attachSocketIO(http, socketOptions(options, gateways));
    this.attachment.io.use((socket, next) => {
      // Without a gateway, '/' would take in anybody and answer nothing.
      if (socket.nsp.listenerCount('connection') > 0) next();
      else next(new Error('Invalid namespace'));
    });
    for (const gateway of gateways) this.bind(gateway);
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
      throw new DeclarationError(gateway.plan.className, [
        {
          where: gateway.plan.className,
          what: `it wants https, cors or io.options that its server, opened by ${String(first?.plan.className)}, was opened without; give them to that gateway, or choose another port`,
        },
      ]);
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

  /** Takes the namespaces of a gateway away; with the last one the server is closed. */
  async release(gateway: GatewayRuntime): Promise<void> {
    const unbind = this.gateways.get(gateway);
    this.gateways.delete(gateway);
    if (unbind) await unbind();
    gateway.io = undefined;
    if (this.gateways.size === 0) await Promise.all([this.attachment.detach(), this.listener?.close()]);
  }

  private bind(gateway: GatewayRuntime): void {
    gateway.io = this.attachment.io;
    this.gateways.set(gateway, bindNamespaces(gateway, this.attachment.io));
  }
}

type CombinedOptions = Pick<ServerSettings, 'https' | 'cors'> & { io: Partial<ServerOptions> };

/** One namespace of a server belongs to one gateway. */
function checkNamespaces(gateways: readonly GatewayRuntime[]): void {
  const owners = new Map<string, GatewayRuntime>();
  for (const gateway of gateways) {
    for (const path of gateway.plan.paths) {
      const owner = owners.get(identify(path));
      if (owner) {
        throw new DeclarationError(gateway.plan.className, [
          {
            where: gateway.plan.className,
            what:
              `the namespace ${identify(path)} belongs to ${owner.plan.className} on the same server; ` +
              'give one of them another path, or another port',
          },
        ]);
      }
      owners.set(identify(path), gateway);
    }
  }
}

/** Brings the options of all gateways together; each option is one for the whole server. */
function combineOptions(gateways: readonly GatewayRuntime[]): CombinedOptions {
  const combined = new Map<string, { value: unknown; by: string }>();
  for (const { plan, server } of gateways) {
    const wanted: Record<string, unknown> = { https: server.https, cors: server.cors };
    for (const [key, value] of Object.entries(server.io?.options ?? {})) wanted[`io.options.${key}`] = value;
    for (const [key, value] of Object.entries(wanted)) {
      if (value === undefined) continue;
      const first = combined.get(key);
      if (first && first.value !== value && !isDeepStrictEqual(first.value, value)) {
        throw new DeclarationError(plan.className, [
          {
            where: plan.className,
            what: `its setting ${key} differs from that of ${first.by}, which shares its server; give both the same, or only one of them any`,
          },
        ]);
      }
      combined.set(key, first ?? { value, by: plan.className });
    }
  }
  const options: CombinedOptions = { io: {} };
  for (const [key, { value }] of combined) {
    const name = key.replace('io.options.', '');
    Object.assign(name === key ? options : options.io, { [name]: value });
  }
  return options;
}

function socketOptions(
  { cors, io }: CombinedOptions,
  gateways: readonly GatewayRuntime[],
): Partial<ServerOptions> {
  const guardedCors = cors ?? io.cors;
  const patience = Math.max(...gateways.map(({ plan }) => plan.limits.handshakeTimeout));
  const [first] = gateways;
  return {
    ...(Number.isFinite(patience) && { connectTimeout: patience }),
    ...io,
    cors: corsOptions(guardedCors),
    allowRequest: guardHandshake(guardedCors, io.allowRequest, first?.report ?? (() => undefined)),
    // It takes children away from under clients that are still authenticating; see child-namespace.ts.
    cleanupEmptyChildNamespaces: false,
  };
}
