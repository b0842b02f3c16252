import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker } from 'moleculer';
import { math, MathGateway } from './math-gateway';

/**
 * Starts the gateway, with metrics for Prometheus and traces as text.
 *
 * @param ports of the gateway and of the metrics; 0: any free one
 * @param print gets the lines of the traces
 */
export async function start(ports: { gateway: number; metrics: number }, print: (line: string) => void) {
  // Moleculer's types take no function for it, Moleculer does.
  const options: object = { logger: print, colors: false };
  const broker = new ServiceBroker({
    logLevel: 'error',
    skipProcessEventRegistration: true,
    metrics: {
      enabled: true,
      collectProcessMetrics: false,
      reporter: [{ type: 'Prometheus', options: { port: ports.metrics } }],
    },
    tracing: {
      enabled: true,
      exporter: [{ type: 'Console', options }],
    },
  });
  broker.createService(math);
  const settings: object = { port: ports.gateway };
  const gateway = broker.createService(MathGateway, { settings }) as MathGateway;
  await broker.start();

  const { reporter } = broker.metrics as unknown as { reporter: { server: Server }[] };
  const portOf = (server: Server | undefined) => (server?.address() as AddressInfo).port;
  return {
    port: portOf(gateway.io.httpServer as Server),
    metrics: `http://localhost:${portOf(reporter[0]?.server)}/metrics`,
    stop: () => broker.stop(),
  };
}

async function main() {
  const { port, metrics, stop } = await start(
    { gateway: Number(process.env.PORT || 3000), metrics: Number(process.env.METRICS_PORT || 3030) },
    console.log,
  );
  console.log(`Calculate at http://localhost:${port}/math, and look at ${metrics}. Ctrl-C stops it.`);
  console.log(`Next, in another terminal: PORT=${port} npm run sample -- observability try`);
  process.once('SIGINT', () => void stop()).once('SIGTERM', () => void stop());
}

if (require.main === module) void main();
