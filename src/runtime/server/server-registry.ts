import type { Server as HttpServer } from 'node:http';
import { Server as NetServer } from 'node:net';
import type { Service, ServiceBroker } from 'moleculer';
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
   * the namespaces. A gateway that waits for a server gets a Socket.IO server that is attached nowhere.
   *
   * @throws DeclarationError where gateways that share a server contradict each other
   */
  attach(gateway: Gateway): void {
    const place = this.placeOf(gateway);
    const waiting = this.servers.get(gateway.service);
    if ('waiting' in place) {
      const current = this.serverOf(gateway);
      if (
        current?.http ||
        (current && current === waiting && waiting.suits(this.gatewaysAt(gateway.service)))
      )
        return;
      waiting?.dissolve();
      this.servers.set(gateway.service, this.create(place));
      return;
    }
    const key = keyOf(place);
    const known = this.servers.get(key);
    if (known?.has(gateway)) return;
    if (known) {
      known.check(gateway);
      waiting?.dissolve();
      known.add(gateway);
    } else this.servers.set(key, this.attachWaiting(waiting, place) ?? this.create(place));
    this.servers.delete(gateway.service);
  }

  /**
   * Gives a gateway that waits for a server its Socket.IO server, before it starts. If its options change until then, it gets
   * another one.
   */
  attachIfWaiting(gateway: Gateway): void {
    if ('waiting' in this.placeOf(gateway)) this.attach(gateway);
  }

  /** Attaches the server of a service that waits for one, if the gateways at the place want its options; else dissolves it. */
  private attachWaiting(waiting: SharedServer | undefined, place: Place): SharedServer | undefined {
    if (!waiting) return undefined;
    const gateways = this.gatewaysAt(keyOf(place));
    if (!('http' in place && waiting.suits(gateways))) {
      waiting.dissolve();
      return undefined;
    }
    waiting.attachTo(place.http);
    for (const gateway of gateways) if (!waiting.has(gateway)) waiting.add(gateway);
    return waiting;
  }

  private create(place: Place): SharedServer {
    return new SharedServer(place, this.gatewaysAt(keyOf(place)), (target, options) => {
      if ('waiting' in place) this.attachByHand(place.waiting, target, options);
    });
  }

  /** Attaches a service that waits for a server, when the application calls its `io.attach()` or `io.listen()`. */
  private attachByHand(service: Service, target: HttpServer | number, options: object | undefined): void {
    const server = this.servers.get(service);
    if (!server) throw new Error(`'${service.fullName}' has stopped; use this.io of its next start`);
    if (this.servers.has(target)) {
      throw new Error(
        `'${service.fullName}' shares this HTTP server with other gateways; call initSocketIO() instead of io.attach()`,
      );
    }
    if (typeof target === 'number') this.servers.set(server.listenOn(target, options), server);
    else {
      server.attachTo(target, options);
      this.servers.set(target, server);
      // The next start attaches the service there again.
      for (const gateway of this.present()) if (server.has(gateway)) gateway.attachedTo = target;
    }
    this.servers.delete(service);
  }

  /** Returns the server that a gateway is attached to. */
  serverOf(gateway: Gateway): SharedServer | undefined {
    return [...this.servers.values()].find((server) => server.has(gateway));
  }

  /** Takes a gateway off its server; the last one closes it. */
  async release(gateway: Gateway): Promise<void> {
    this.gateways.delete(gateway);
    for (const [key, server] of this.servers) {
      if (!server.has(gateway)) continue;
      // The service that brought the HTTP server stops. The other gateways are attached again when another server comes.
      const gone = server.isHostedBy(gateway) || server.isLast(gateway);
      if (gone) this.servers.delete(key);
      await (gone ? server.close() : server.release(gateway));
    }
  }

  /**
   * Forgets the gateways of destroyed services. The broker lists a service only after its `created()`, so that one that is
   * not listed may be new as well.
   */
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
    return this.present().filter((gateway) => keyOf(this.placeOf(gateway)) === key);
  }

  private placeOf(gateway: Gateway): Place {
    const own = ownPlace(gateway);
    if (own !== 'any') return own;
    const others = new Map<unknown, Place>();
    for (const other of this.present()) {
      const place = ownPlace(other);
      if (place !== 'any' && !('waiting' in place)) others.set(keyOf(place), place);
    }
    const [only] = others.values();
    return others.size === 1 && only ? only : addressOf(undefined, undefined);
  }
}

/** Returns the server that the gateway's own settings ask for; `'any'` if they ask for none. */
function ownPlace({ server, attachedTo, service }: Gateway): Place | 'any' {
  const given: unknown = attachedTo ?? (service as { server?: unknown }).server ?? server.server;
  if (given instanceof NetServer) return { http: given as unknown as HttpServer };
  if (server.server === false) return { waiting: service };
  return server.port === undefined && server.ip === undefined ? 'any' : addressOf(server.port, server.ip);
}

function addressOf(port: number | string | undefined, ip: string | undefined): Place {
  return {
    address: { port: String(port ?? process.env['PORT'] ?? 3000), ip: ip ?? process.env['IP'] ?? '0.0.0.0' },
  };
}

function keyOf(place: Place): unknown {
  if ('waiting' in place) return place.waiting;
  return 'http' in place ? place.http : `${place.address.ip}:${place.address.port}`;
}
