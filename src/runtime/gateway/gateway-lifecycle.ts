import { Server as NetServer } from 'node:net';
import type { Server as HttpServer } from 'node:http';
import type { Service } from 'moleculer';
import type { Namespace } from 'socket.io';
import { identify, withSlash } from '../../plan/paths';
import type { GatewayPlan, LiteralPath } from '../../plan/plan';
import type { GatewayLifecycle } from '../../plan/service-runtime';
import { ServiceUnavailableError } from '../../errors';
import type { SocketServerOptions } from '../../types';
import { AdapterDirectory } from '../cluster/adapter-directory';
import type { ServiceCluster } from '../cluster/service-cluster';
import { drainBeforeStop } from '../drain/drain-before-stop';
import { gatewaysOf, setGateways } from '../gateways-of';
import type { Gateway } from '../model';
import { addReplCommands } from '../repl/repl-commands';
import { ServerRegistry } from '../server/server-registry';
import type { SharedServer } from '../server/shared-server';
import { buildCluster } from './build-cluster';
import { buildGateway } from './build-gateway';
import { describeService } from './describe-service';

/**
 * Returns what the runtime does at each step of the lifecycle of a gateway's service.
 *
 * @param plansOf returns the plans of the service: one for a class
 */
export function lifecycleOf(plansOf: (service: Service) => readonly GatewayPlan[]): GatewayLifecycle {
  return {
    created(service) {
      addReplCommands(service.broker);
      drainBeforeStop(service.broker);
      const registry = ServerRegistry.of(service.broker);
      const gateways = buildGateways(service, plansOf(service));
      for (const gateway of gateways) registry.announce(gateway);
      for (const gateway of gateways) registry.attachIfWaiting(gateway);
    },
    attach: attachService,
    async listen(service) {
      const gateways = gatewaysOf(service);
      try {
        // A mixin may have created its server only in its started().
        await attachService(service);
        for (const gateway of gateways) await serverOf(gateway)?.open();
      } catch (error) {
        for (const gateway of gateways) gateway.open(new ServiceUnavailableError('GATEWAY_NOT_STARTED'));
        await clusterOf(service)?.close();
        throw error;
      }
    },
    open(service) {
      const gateways = gatewaysOf(service);
      for (const gateway of gateways) {
        for (const path of gateway.plan.paths) {
          for (const { name } of gateway.plan.events) gateway.log.route?.(`${identify(path)} '${name}'`);
        }
        gateway.exposed?.follow();
      }
      const open = (): void => {
        for (const gateway of gateways) gateway.open();
      };
      // Moleculer registers the service after this, and only then the other nodes can greet it.
      const greeted = clusterOf(service)?.greet();
      if (greeted) void greeted.then(open);
      else open();
      logPlace(service);
    },
    receive(service, ctx) {
      clusterOf(service)?.receive(ctx);
    },
    async stopped(service) {
      const gateways = gatewaysOf(service);
      for (const gateway of gateways) {
        gateway.exposed?.stop();
        gateway.open(new ServiceUnavailableError('GATEWAY_STOPPED'));
      }
      const registry = ServerRegistry.of(service.broker);
      for (const gateway of gateways) await registry.release(gateway);
      // Clients that went have caused messages to the other nodes.
      for (const { presence } of gateways) presence?.close();
      await clusterOf(service)?.close();
      // The broker may be started again, and all gateways must be known before the first one is attached.
      const [first] = gateways;
      for (const gateway of buildGateways(service, plansOf(service), first)) registry.announceAgain(gateway);
    },
  };
}

/**
 * Attaches a gateway to an HTTP server of the user's, or gives it options.
 *
 * @param server an HTTP server, or the options
 * @param options of socket.io, in place of `settings.io.options`
 * @throws Error if the gateway is attached already
 */
export function initSocketIO(
  service: Service,
  server?: HttpServer | SocketServerOptions,
  options?: SocketServerOptions,
): Promise<void> {
  const gateways = gatewaysOf(service);
  if (gateways.some((gateway) => serverOf(gateway)?.http)) {
    throw new Error(
      `'${service.name}' is attached to a server already; call initSocketIO() before the broker starts`,
    );
  }
  const http = server instanceof NetServer ? server : undefined;
  const given = options ?? (http ? undefined : (server as SocketServerOptions | undefined));
  for (const gateway of gateways) {
    if (http) gateway.attachedTo = http;
    if (given) gateway.socketOptions = given;
  }
  const attached = attachAll(service);
  if (gateways.some((gateway) => gateway.started)) logPlace(service);
  return attached;
}

/**
 * Serves one more namespace with the events of a gateway.
 *
 * @throws Error if there is such a namespace already, or the gateway has not started
 */
export function registerNamespace(gateway: Gateway, name: string): Namespace {
  const path = literal(name);
  attachedServer(gateway).gateways.addPath(gateway, path);
  return gateway.namespaces.get(path.name) as Namespace;
}

/**
 * Serves one more namespace that has a plan of its own.
 *
 * @throws Error if there is such a namespace already, or the service has not started
 */
export function registerPlan(service: Service, plan: GatewayPlan): Namespace {
  const [first] = gatewaysOf(service);
  if (!first) throw new Error(`'${service.name}' has no namespace to register another beside`);
  const server = attachedServer(first);
  const cluster = clusterOf(service) ?? buildCluster(service);
  const gateway = buildGateway(plan, service, cluster, first.socketOptions, first.attachedTo);
  const [path] = plan.paths;
  if (path?.kind === 'literal' && server.gateways.serves(path))
    throw new Error(`Namespace '${path.name}' already exists`);
  server.add(gateway);
  gateway.exposed?.follow();
  gateway.availability = first.availability;
  gateway.open();
  setGateways(service, [...gatewaysOf(service), gateway]);
  return gateway.namespaces.get(path?.kind === 'literal' ? path.name : '') as Namespace;
}

/**
 * Takes a namespace away and disconnects the sockets in it.
 *
 * @throws Error if the gateway has no such namespace
 */
export function removeNamespace(service: Service, name: string): Promise<void> {
  const path = literal(name);
  const owner = gatewaysOf(service).find((gateway) => gateway.namespaces.has(path.name));
  if (!owner) throw new Error(`Namespace '${name}' does not exist`);
  return attachedServer(owner).gateways.removePath(owner, path);
}

/** The clusters of services, one for each start. */
const clusters = new WeakMap<Service, ServiceCluster>();

function clusterOf(service: Service): ServiceCluster | undefined {
  return clusters.get(service);
}

/** @param last a gateway of the previous start: what `initSocketIO` was given is kept */
function buildGateways(service: Service, plans: readonly GatewayPlan[], last?: Gateway): readonly Gateway[] {
  const cluster = buildCluster(service);
  const gateways = plans.map((plan) =>
    buildGateway(plan, service, cluster, last?.socketOptions, last?.attachedTo),
  );
  clusters.set(service, cluster);
  setGateways(service, gateways);
  return gateways;
}

/**
 * Attaches a service that starts.
 *
 * @throws Error if it was destroyed while it waited for its dependencies: it must not stand in its successor's way
 */
async function attachService(service: Service): Promise<void> {
  if (!service.broker.services.includes(service))
    throw new Error(`'${service.fullName}' was destroyed before it had started`);
  await attachAll(service);
  clusterOf(service)?.start();
  for (const { io } of gatewaysOf(service)) if (io) AdapterDirectory.of(io).refresh();
}

/** Attaches at once; the promise is for an adapter that has to connect. */
function attachAll(service: Service): Promise<void> {
  const gateways = gatewaysOf(service);
  for (const gateway of gateways) ServerRegistry.of(service.broker).attach(gateway);
  return Promise.all(gateways.map(async (gateway) => serverOf(gateway)?.prepared)).then(() => undefined);
}

/** Logs where clients reach a service that has started. */
function logPlace(service: Service): void {
  const gateways = gatewaysOf(service);
  const server = gateways.map(serverOf).find((one) => one !== undefined);
  service.logger.info(describeService(service, gateways, server));
}

function serverOf(gateway: Gateway): SharedServer | undefined {
  return ServerRegistry.of(gateway.broker).serverOf(gateway);
}

function attachedServer(gateway: Gateway): SharedServer {
  const server = serverOf(gateway);
  if (!server)
    throw new Error(`${gateway.plan.className} is attached to no server yet; wait until it has started`);
  return server;
}

function literal(name: string): LiteralPath {
  return { kind: 'literal', name: withSlash(name) };
}
