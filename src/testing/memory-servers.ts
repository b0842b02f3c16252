import { createServer, Server as HttpServer } from 'node:http';
import type { Service } from 'moleculer';
import type { Namespace, Server } from 'socket.io';

/** The service of a gateway, as applications see it. */
export interface GatewayService extends Service {
  readonly io?: Server & { readonly httpServer?: HttpServer };
  readonly namespaces: ReadonlyMap<string, Namespace>;
  initSocketIO(server: HttpServer): Promise<void>;
}

interface ServerSettings {
  readonly server?: unknown;
  readonly port?: number | string;
  readonly ip?: string;
}

/** Returns true if a service is a gateway. */
export function isGateway(service: Service): service is GatewayService {
  return typeof (service as Partial<GatewayService>).initSocketIO === 'function';
}

/** The HTTP servers of a test: none of them listens. */
export class MemoryServers {
  private readonly servers = new Map<string, HttpServer>();

  /** Attaches gateways that have not started yet. */
  attach(gateways: readonly GatewayService[]): void {
    const addresses = gateways.flatMap((gateway) => addressOf(gateway) ?? []);
    // As when they listen: a gateway that names no address joins the only server there is.
    const only = new Set(addresses).size === 1 ? addresses[0] : undefined;
    for (const gateway of gateways) {
      const { server } = gateway.settings as ServerSettings;
      const own = (gateway as { server?: unknown }).server;
      if (own instanceof HttpServer) keepFromListening(own as HttpServer);
      else if (server !== false && !(server instanceof HttpServer) && !isAttached(gateway))
        void gateway.initSocketIO(this.serverAt(addressOf(gateway) ?? only ?? ''));
    }
  }

  /** Attaches started gateways that the application has attached nowhere, as those with the setting `server: false`. */
  attachRest(gateways: readonly GatewayService[]): void {
    for (const gateway of gateways) {
      if (!isAttached(gateway)) void gateway.initSocketIO(this.serverAt(''));
    }
  }

  private serverAt(address: string): HttpServer {
    const server =
      this.servers.get(address) ??
      createServer((_request, response) => {
        response.writeHead(404).end();
      });
    this.servers.set(address, server);
    return server;
  }
}

function isAttached({ io }: GatewayService): boolean {
  return io?.httpServer !== undefined;
}

function addressOf({ settings }: GatewayService): string | undefined {
  const { port, ip } = settings as ServerSettings;
  return port === undefined && ip === undefined ? undefined : `${ip ?? ''}:${port ?? ''}`;
}

/** Keeps the server of moleculer-web's mixin from opening a port. */
function keepFromListening(server: HttpServer): void {
  Object.assign(server, {
    listen(...args: unknown[]) {
      const listening = args.find((arg) => typeof arg === 'function');
      if (listening) process.nextTick(listening);
      return server;
    },
    address: () => ({ address: '127.0.0.1', family: 'IPv4', port: 0 }),
  });
}
