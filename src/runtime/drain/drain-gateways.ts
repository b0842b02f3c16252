import type { Service } from 'moleculer';
import type { Server } from 'socket.io';
import { drainPlan, problemOfDrainOptions, type DrainPlan } from '../../plan/drain-settings';
import type { DrainOptions } from '../../types';
import { gatewaysOf } from '../gateways-of';
import type { Gateway } from '../model';
import { allConnections } from '../socket-io/connections-of';
import { handOver } from './hand-over';
import { ServerDrain } from './server-drain';

/** A drain that ends at once. */
const AT_ONCE = { window: 0, grace: 0 };

/**
 * Drains the gateways of a service: they refuse new clients, and their connections are closed. They stay closed until the service
 * starts again. Does nothing if the service has not started.
 *
 * @param options in place of those of the setting `drain`
 * @returns resolves when no connection is left
 * @throws Error if an option is wrong
 */
export async function drainService(service: Service, options?: DrainOptions): Promise<void> {
  const problem = problemOfDrainOptions(options);
  if (problem !== undefined) throw new Error(problem);
  const gateways = gatewaysOf(service);
  await drainGateways(gateways, drainPlan(gateways[0]?.server.drain, options));
}

/**
 * Drains gateways of one service.
 *
 * @param cut fires to end the drain at once
 */
export async function drainGateways(
  gateways: readonly Gateway[],
  { delay, ...options }: DrainPlan,
  cut?: AbortSignal,
): Promise<void> {
  const started = gateways.filter((gateway) => gateway.started);
  const [first] = started;
  if (!first) return;
  if (first.availability === 'open') logStart(first, options.window);
  for (const gateway of started) if (gateway.availability === 'open') gateway.availability = 'unready';
  await waitFor(delay, cut);
  for (const gateway of started) gateway.availability = 'closed';
  const drainAll = (times: Required<DrainOptions>): Promise<unknown> =>
    Promise.all([...byServer(started)].map(([io, own]) => ServerDrain.of(io).drain(own, times)));
  const hurry = (): void => void drainAll(AT_ONCE);
  cut?.addEventListener('abort', hurry);
  await drainAll(cut?.aborted ? AT_ONCE : options);
  cut?.removeEventListener('abort', hurry);
  const handedOver = Promise.all(started.map(handOver));
  await (cut ? Promise.race([handedOver, untilFired(cut)]) : handedOver);
  first.logger.debug(`${first.plan.className} is drained`);
}

function logStart({ plan, logger, io }: Gateway, window: number): void {
  const count = io ? allConnections(io).length : 0;
  const connections = `${count} ${count === 1 ? 'connection' : 'connections'}`;
  logger.info(`${plan.className} drains: it closes ${connections} over ${window} ms`);
}

function byServer(gateways: readonly Gateway[]): Map<Server, Gateway[]> {
  const servers = new Map<Server, Gateway[]>();
  for (const gateway of gateways)
    if (gateway.io) servers.set(gateway.io, [...(servers.get(gateway.io) ?? []), gateway]);
  return servers;
}

/** Resolves after a time, or when a signal fires. */
async function waitFor(milliseconds: number, cut: AbortSignal | undefined): Promise<void> {
  if (milliseconds === 0 || cut?.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      cut?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    cut?.addEventListener('abort', done);
  });
}

function untilFired(cut: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (cut.aborted) resolve();
    else
      cut.addEventListener('abort', () => {
        resolve();
      });
  });
}
