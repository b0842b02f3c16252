import type { Service } from 'moleculer';
import type { Server as HttpServer } from 'node:http';
import type { Namespace, Server } from 'socket.io';
import type { GatewayPlan } from '../../plan/plan';
import { serverSettings } from '../../plan/server-settings';
import type { SocketServerOptions } from '../../types';
import { ACK_FORMATS } from '../answer/ack-formats';
import { ClusterActions } from '../auto-expose/cluster-actions';
import { forbidRecovery } from '../connection/recovery';
import { socketCallbacksOf } from '../connection/socket-callbacks';
import { describeThrown, type Report } from '../errors/run-safely';
import { eventContextClassOf } from '../event/event-context';
import { brokerOfEvents } from '../event/event-id';
import { assertParamsAreChecked } from '../event/moleculer-params';
import { RateLimits } from '../event/rate-limits';
import { handOverSessions } from '../cluster/hand-over-sessions';
import type { ServiceCluster } from '../cluster/service-cluster';
import type { BoundEvent, Gateway, GatewayService } from '../model';
import { checkMoleculer } from '../moleculer/internals';
import { RECEIVES_STREAMS } from '../stream/receive-streams';
import { NodePresence } from '../presence/gateway-presence';
import { eventLogOf } from '../observe/event-log';
import { GatewayMetrics } from '../observe/gateway-metrics';
import { bindEvent } from './bind-event';
import { findOverrides } from './overridden-methods';
import { StartGate } from './start-gate';

/**
 * Builds a running gateway of a plan: the only place that knows every collaborator.
 *
 * @param cluster of the service, to which the gateway is added
 * @param socketOptions options of socket.io given to `initSocketIO`
 * @param attachedTo the HTTP server given to `initSocketIO`
 */
export function buildGateway(
  plan: GatewayPlan,
  moleculerService: Service,
  cluster: ServiceCluster,
  socketOptions?: SocketServerOptions,
  attachedTo?: HttpServer,
): Gateway {
  const { broker, logger } = moleculerService;
  checkMoleculer(moleculerService);
  assertParamsAreChecked(broker, plan);
  const service = moleculerService as GatewayService;
  const report: Report = (what, error) => {
    logger.error(`${plan.className}: ${what}: ${describeThrown(error)}`);
  };
  const limits = new RateLimits(service.fullName);
  const gate = new StartGate();
  const namespaces = new Map<string, Namespace>();
  const shown = shownNamespaces(service);
  const bound = new Map<string, BoundEvent>();

  const gateway: Gateway = {
    plan,
    broker,
    service,
    logger,
    report,
    log: eventLogOf(service, plan.moleculerIo?.logOf({ service, report })),
    metrics: GatewayMetrics.of(broker, report),
    ackWriter: ACK_FORMATS[plan.ack],
    EventContext: eventContextClassOf(broker),
    brokerOfEvents: brokerOfEvents(broker),
    overrides: findOverrides(service),
    events: bound,
    catchAll: undefined,
    bindEvent: (event) => bindEvent(gateway, limits, event),
    exposed: undefined,
    connectionRate: limits.of(plan.connectionRate ? [plan.connectionRate] : []),
    callbacks: socketCallbacksOf({ broker, plan, service }),
    namespaces,
    addNamespace(namespace) {
      namespaces.set(namespace.name, namespace);
      shown.set(namespace.name, namespace);
    },
    removeNamespace(namespace) {
      for (const map of [namespaces, shown]) {
        if (map.get(namespace.name) === namespace) map.delete(namespace.name);
      }
    },
    forbidRecovery,
    get io() {
      return (service as { io: Server | undefined }).io;
    },
    set io(io) {
      (service as { io: Server | undefined }).io = io;
    },
    get server() {
      const settings = serverSettings(service.settings as Record<string, unknown>);
      const { socketOptions: options } = gateway;
      const given = options ? { ...settings, io: { ...settings.io, options } } : settings;
      return plan.moleculerIo ? plan.moleculerIo.serverSettings(moleculerService, given) : given;
    },
    socketOptions,
    attachedTo,
    adapterSetting: undefined,
    cluster,
    streams: RECEIVES_STREAMS,
    presence: undefined,
    ready: gate.opened,
    get started() {
      return gate.isOpen;
    },
    open(error) {
      gate.open(error);
    },
    availability: 'open',
    handOvers: [() => handOverSessions(gateway)],
  };
  cluster.gateways.push(gateway);
  if (plan.presence) {
    const presence = new NodePresence(gateway, plan.presence);
    Object.assign(gateway, { presence });
    cluster.whenLinked((link) => {
      presence.connectTo(link);
    });
  }
  return bindPlan(gateway, bound);
}

/** Binds the events of the plan, which takes a gateway, to that gateway. */
function bindPlan(gateway: Gateway, bound: Map<string, BoundEvent>): Gateway {
  const { plan } = gateway;
  let catchAll: BoundEvent | undefined;
  for (const event of plan.events) {
    if (event.name === '*') catchAll = gateway.bindEvent(event);
    else bound.set(event.name, gateway.bindEvent(event));
  }
  const exposed = plan.autoExpose && new ClusterActions(gateway, plan.autoExpose);
  return Object.assign(gateway, { catchAll, exposed });
}

/** Returns the map that the service shows as `this.namespaces`: those of all its gateways. */
function shownNamespaces(service: object): Map<string, Namespace> {
  const shown = service as { namespaces?: Map<string, Namespace> };
  return (shown.namespaces ??= new Map<string, Namespace>());
}
