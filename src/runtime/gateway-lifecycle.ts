import { Server as NetServer } from 'node:net';
import type { Server as HttpServer } from 'node:http';
import type { Service } from 'moleculer';
import type { ServerOptions } from 'socket.io';
import type { GatewayPlan } from '../compiler/plan';
import type { GatewayLifecycle } from '../compiler/service-schema';
import { ServiceUnavailableError } from '../errors';
import type { ServerSettings } from '../types';
import { GatewayRuntime } from './gateway-runtime';
import { ServerRegistry } from './server/server-registry';

/** The settings of services whose schema is final, and what they became. */
const settings = new WeakMap<Service, ServerSettings>();
const runtimes = new WeakMap<Service, GatewayRuntime>();

/** What happens to a service of a plan, from its creation to its end. */
export function lifecycleOf(plan: GatewayPlan): GatewayLifecycle {
  return {
    configure(service, server) {
      settings.set(service, server);
    },
    created(service) {
      announce(service, plan, settings.get(service) ?? {}, undefined);
    },
    attach(service) {
      ServerRegistry.of(service.broker).attach(runtimeOf(service));
    },
    async listen(service) {
      const runtime = runtimeOf(service);
      try {
        // A mixin may have brought its server only now.
        ServerRegistry.of(service.broker).attach(runtime);
        await ServerRegistry.of(service.broker).open(runtime);
      } catch (error) {
        runtime.open(new ServiceUnavailableError('GATEWAY_NOT_STARTED'));
        throw error;
      }
      runtime.open();
    },
    async stopped(service) {
      const runtime = runtimeOf(service);
      runtime.open(new ServiceUnavailableError('GATEWAY_STOPPED'));
      await ServerRegistry.of(service.broker).release(runtime);
      // The broker may be started again, and all gateways must be known when the first one is attached.
      announce(service, plan, runtime.server, runtime.attachedTo);
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
  server?: HttpServer | Partial<ServerOptions>,
  options?: Partial<ServerOptions>,
): void {
  const runtime = runtimeOf(service);
  const name = runtime.plan.className;
  if (runtime.io)
    throw new Error(`${name} is attached to a server already; call initSocketIO() before the broker starts`);
  const http = server instanceof NetServer ? server : undefined;
  const given = options ?? (http ? undefined : (server as Partial<ServerOptions> | undefined));
  if (http) runtime.attachedTo = http;
  if (given) runtime.server = { ...runtime.server, io: { ...runtime.server.io, options: given } };
  if (runtime.started) ServerRegistry.of(service.broker).attach(runtime);
}

function announce(
  service: Service,
  plan: GatewayPlan,
  server: ServerSettings,
  http: HttpServer | undefined,
): void {
  const runtime = new GatewayRuntime(plan, service, server, http);
  runtimes.set(service, runtime);
  ServerRegistry.of(service.broker).announce(runtime);
}

function runtimeOf(service: Service): GatewayRuntime {
  const runtime = runtimes.get(service);
  if (!runtime) throw new Error(`'${service.name}' is no gateway yet; wait for its created()`);
  return runtime;
}
