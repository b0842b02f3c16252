import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { ServiceBroker } from 'moleculer';
import type { Gateway } from '../model';
import { SharedServer, type Place } from './shared-server';

const registries = new WeakMap<ServiceBroker, ServerRegistry>();

/** The servers of a broker: which gateways go where. */
export class ServerRegistry {
  /** Gateways that have been created, in that order; where they belong is decided when the first one starts. */
  private readonly gateways = new Set<Gateway>();
  /** Those of them that wait for the broker to start again. */
  private readonly stopped = new WeakSet<Gateway>();
  private readonly servers = new Map<unknown, SharedServer>();

  static of(broker: ServiceBroker): ServerRegistry {
    const registry = registries.get(broker) ?? new ServerRegistry();
    registries.set(broker, registry);
    return registry;
  }

  /** Makes a gateway known, before anything is opened. */
  announce(gateway: Gateway): void {
    this.forgetDestroyed();
    this.gateways.add(gateway);
  }

  /** Makes a gateway that has stopped known for the next start, which never comes if its service is destroyed. */
  announceAgain(gateway: Gateway): void {
    this.gateways.add(gateway);
    this.stopped.add(gateway);
  }

  /**
   * Attaches a gateway to its server, together with all others that belong there, so that no client finds half of
   * the namespaces.
   *
   * @throws DeclarationError where gateways that share a server contradict each other
   */
  attach(gateway: Gateway): void {
    const place = this.placeOf(gateway);
    if (!place) return;
    const key = keyOf(place);
    const known = this.servers.get(key);
    if (!known) this.servers.set(key, new SharedServer(place, this.gatewaysAt(key)));
    else if (!known.has(gateway)) known.add(gateway);
  }

  /** The server that a gateway is attached to. */
  serverOf(gateway: Gateway): SharedServer | undefined {
    return [...this.servers.values()].find((server) => server.has(gateway));
  }

  /** Takes a gateway off its server; the last one closes it. */
  async release(gateway: Gateway): Promise<void> {
    this.gateways.delete(gateway);
    for (const [key, server] of this.servers) {
      if (!server.has(gateway)) continue;
      // Who brought the HTTP server takes it away: the others are attached again when there is another.
      const gone = server.isHostedBy(gateway) || server.isLast(gateway);
      if (gone) this.servers.delete(key);
      await (gone ? server.close() : server.release(gateway));
    }
  }

  /** The broker lists a service only after its `created()`: what is not listed may be new as well. */
  private forgetDestroyed(): void {
    for (const gateway of this.gateways) {
      if (this.stopped.has(gateway) && !gateway.broker.services.includes(gateway.service))
        this.gateways.delete(gateway);
    }
  }

  private present(): Gateway[] {
    this.forgetDestroyed();
    return [...this.gateways];
  }

  private gatewaysAt(key: unknown): Gateway[] {
    return this.present().filter((gateway) => {
      const place = this.placeOf(gateway);
      return place && keyOf(place) === key;
    });
  }

  /** Undefined: nowhere, until `initSocketIO` says where. */
  private placeOf(gateway: Gateway): Place | undefined {
    const own = ownPlace(gateway);
    if (own !== 'any') return own;
    const others = new Map<unknown, Place>();
    for (const other of this.present()) {
      const place = ownPlace(other);
      if (place && place !== 'any') others.set(keyOf(place), place);
    }
    const [only] = others.values();
    return others.size === 1 && only ? only : addressOf(undefined, undefined);
  }
}

/** What the gateway itself says; `'any'`: nothing. */
function ownPlace({ server, attachedTo, service }: Gateway): Place | 'any' | undefined {
  const given: unknown = attachedTo ?? (service as { server?: unknown }).server ?? server.server;
  if (given instanceof NetServer) return { http: given as unknown as HttpServer };
  if (server.server === false) return undefined;
  return server.port === undefined && server.ip === undefined ? 'any' : addressOf(server.port, server.ip);
}

function addressOf(port: number | string | undefined, ip: string | undefined): Place {
  return {
    address: { port: String(port ?? process.env['PORT'] ?? 3000), ip: ip ?? process.env['IP'] ?? '0.0.0.0' },
  };
}

function keyOf(place: Place): unknown {
  return 'http' in place ? place.http : `${place.address.ip}:${place.address.port}`;
}
