import { runInThisContext } from 'node:vm';
import { ServiceBroker } from 'moleculer';
import { io } from 'socket.io-client';
import { SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { portOf } from '../support/run-gateway';

/*
 * A process that calls one event without end, while Moleculer works out rates. It tells whether V8 has compiled the methods that all
 * counters share. To be run with --allow-natives-syntax.
 */

const TURBOFANNED = 1 << 6;
const DURATION_MS = 6000;
const statusOf = runInThisContext('(counted) => %GetOptimizationStatus(counted)') as (
  counted: unknown,
) => number;

// Moleculer works out rates every 5 s. Here, it takes a tenth of that.
const { setInterval: setRealInterval } = globalThis;
globalThis.setInterval = ((run: () => void, ms: number) =>
  setRealInterval(run, ms / 10)) as typeof setInterval;

const isCompiled = (method: unknown): boolean => (statusOf(method) & TURBOFANNED) !== 0;

@SocketNamespace('/x', { settings: { port: 0 } })
class RatedGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }
}

async function main(): Promise<void> {
  const broker = new ServiceBroker({ logger: false, metrics: true, skipProcessEventRegistration: true });
  const gateway = broker.createService(RatedGateway);
  await broker.start();
  const client = io(`http://127.0.0.1:${portOf(gateway)}/x`, { transports: ['websocket'] });
  const total = broker.metrics.getMetric('moleculer.io.messages.total') as unknown as {
    readonly increment: unknown;
    readonly set: unknown;
    values: ReadonlyMap<string, { readonly rate: { readonly rate: number } }>;
  };
  const seen = { rates: [] as number[], isCompiled: false };
  const end = performance.now() + DURATION_MS;
  while (performance.now() < end) {
    await Promise.all(Array.from({ length: 50 }, () => client.emitWithAck('ping')));
    if (end - performance.now() > DURATION_MS / 6) continue;
    // One of them may have become a part of what calls it.
    seen.isCompiled ||= [total.increment, total.set].some(isCompiled);
  }
  seen.rates = [...total.values.values()].map(({ rate }) => rate.rate);
  console.log(JSON.stringify(seen));
  process.exit();
}

void main();
