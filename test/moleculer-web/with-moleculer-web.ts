import { once } from 'node:events';
import { request, type IncomingHttpHeaders } from 'node:http';
import { createServer, type AddressInfo } from 'node:net';
import type { ServiceSchema } from 'moleculer';
import ApiGateway from 'moleculer-web';
import {
  Authorize,
  Authenticate,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketNamespaceOptions,
} from '../../src';
import type { Registered } from '../support/run-gateway';

/*
 * Services that are a gateway and a moleculer-web at once: HTTP routes and sockets on one port.
 */

/** moleculer-web's mixin, whose types are looser than Moleculer's. */
export const API_GATEWAY = ApiGateway as unknown as Partial<ServiceSchema>;

type Settings = NonNullable<SocketNamespaceOptions['settings']>;

/** One service of both mixins, called `web`: its namespace is `/x`, where clients may call `math.add`. */
export type Way = (settings: Settings, more?: Partial<ServiceSchema>) => Registered;

const EVENTS = { whitelist: ['math.*'] };

/** The ways to write one, and the orders of the mixins. */
export const WAYS: Record<string, Way> = {
  'a decorated class': (settings, more) => {
    @SocketNamespace('/x', { ...(more as object), name: 'web', mixins: [API_GATEWAY], settings })
    class WebGateway extends SocketGateway {
      @SocketEvent('call', EVENTS)
      call!: ActionProxy;
    }
    return WebGateway;
  },
  'SocketIOService after moleculer-web': (settings, more) =>
    mixed([API_GATEWAY, SocketIOService], settings, more),
  'SocketIOService before moleculer-web': (settings, more) =>
    mixed([SocketIOService, API_GATEWAY], settings, more),
};

function mixed(mixins: Partial<ServiceSchema>[], settings: Settings, more: object = {}): Registered {
  const io = { ...settings.io, namespaces: { '/x': { events: { call: EVENTS } } } };
  return { ...more, name: 'web', mixins, settings: { ...settings, io } } as unknown as ServiceSchema;
}

/** What routes and clients call. */
export const MATH: ServiceSchema = {
  name: 'math',
  actions: {
    add: {
      rest: 'GET /add',
      handler: ({ params }: { params: { a: unknown; b: unknown } }) => Number(params.a) + Number(params.b),
    },
    fail() {
      throw new Error('the secret reason');
    },
  },
} as ServiceSchema;

/** The route of most tests. */
export const ROUTES = [{ path: '/api', aliases: { 'GET add': 'math.add', 'GET fail': 'math.fail' } }];

/** A gateway beside it that names no address: its namespace is `/beside`. */
export function beside(settings: Settings = {}): Registered {
  @SocketNamespace('/beside', { settings })
  class BesideGateway extends SocketGateway {
    @SocketEvent()
    who() {
      return this.name;
    }
  }
  return BesideGateway;
}

/** A gateway with a guard and a handler whose errors clients must not see. */
export function strict(settings: Settings): Registered {
  @SocketNamespace('/x', { name: 'web', mixins: [API_GATEWAY], settings })
  @Authorize()
  class StrictGateway extends SocketGateway {
    @Authenticate()
    login(socket: { handshake: { auth: Record<string, unknown> } }): unknown {
      return socket.handshake.auth['user'];
    }
    @SocketEvent()
    fail() {
      throw new Error('the secret reason');
    }
    @SocketEvent('call', { whitelist: ['math.*'] })
    call!: ActionProxy;
  }
  return StrictGateway;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Asks over a connection of its own, which ends with the answer. */
export function get(url: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
  return new Promise((resolve, reject) => {
    request(url, { agent: false, headers, method }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (part: string) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }));
    })
      .on('error', reject)
      .end();
  });
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Resolves if nobody listens on the port. */
export async function expectClosed(port: number): Promise<void> {
  const server = createServer().listen(port, '0.0.0.0');
  await once(server, 'listening');
  await new Promise((resolve) => server.close(resolve));
}

export async function duration(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return performance.now() - start;
}
