import type { Server as HttpServer } from 'node:http';
import { Server as TlsServer } from 'node:tls';
import type { Service } from 'moleculer';
import { identify } from '../../plan/paths';
import { explorerOptions } from '../explorer/explorer-options';
import type { Gateway } from '../model';
import type { SharedServer } from '../server/shared-server';

/**
 * Describes a started service for the log: where clients reach it, in which namespaces, and how many events it has.
 *
 * @param server undefined if the service is attached to no server
 */
export function describeService(
  service: Service,
  gateways: readonly Gateway[],
  server: SharedServer | undefined,
): string {
  const [first] = gateways;
  const namespaces = gateways.flatMap(({ plan }) => plan.paths).map(identify);
  const events = gateways.reduce((sum, { plan }) => sum + plan.events.length, 0);
  const served = [
    `${namespaces.length === 1 ? 'namespace' : 'namespaces'} ${namespaces.join(', ') || 'none'}`,
    `${events} ${events === 1 ? 'event' : 'events'}`,
    ...(gateways.some(({ exposed }) => exposed) ? ['exposed actions'] : []),
    ...describeExplorer(gateways, server),
  ].join(', ');
  return `${first?.plan.className ?? service.name} ${describePlace(service, server)}: ${served}`;
}

function describePlace({ broker }: Service, server: SharedServer | undefined): string {
  const { http, io, isGuest } = server ?? {};
  if (!http || !io) return 'is attached to no server yet: call initSocketIO()';
  const address = addressOf(http, io.path());
  if (!isGuest) return `listens on ${address ?? 'no address'}`;
  const host = broker.services.find((one) => (one as { server?: unknown }).server === http);
  const whose = host ? `the HTTP server of '${host.fullName}'` : 'an HTTP server of the application';
  return `is attached to ${whose}, which ${address === undefined ? 'does not listen yet' : `listens on ${address}`}`;
}

/** Describes where the explorer is, as an address that a browser of this machine opens. */
function describeExplorer(gateways: readonly Gateway[], server: SharedServer | undefined): string[] {
  const paths = new Set(gateways.flatMap((gateway) => explorerOptions(gateway)?.path ?? []));
  return [...paths].map((path) => {
    const shown = path === '' ? '/' : path;
    return `explorer ${(server?.http && addressOf(server.http, shown, WILDCARDS)) ?? shown}`;
  });
}

/** The addresses of a server that listens on all addresses of the machine. */
const WILDCARDS: Readonly<Record<string, string>> = { '0.0.0.0': 'localhost', '::': 'localhost' };

/**
 * Returns undefined if the server does not listen.
 *
 * @param names what to write in place of an address
 */
function addressOf(
  http: HttpServer,
  path: string,
  names: Readonly<Record<string, string>> = {},
): string | undefined {
  const bound = http.address();
  if (bound === null) return undefined;
  if (typeof bound === 'string') return `the Unix socket ${bound}, path ${path}`;
  const { address, family, port } = bound;
  const host = names[address] ?? (family === 'IPv6' ? `[${address}]` : address);
  return `${http instanceof TlsServer ? 'https' : 'http'}://${host}:${port}${path}`;
}
