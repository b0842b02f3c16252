import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker } from 'moleculer';
import ApiGateway from 'moleculer-web';
import { SocketNamespace } from 'moleculer-socket-gateway';
import { CalculatorGateway, math } from './calculator';

const newBroker = () => new ServiceBroker({ logLevel: 'warn', skipProcessEventRegistration: true });
const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** The gateway opens a port of its own. */
async function onItsOwnPort(port: number) {
  const broker = newBroker();
  broker.createService(math);
  const gateway = broker.createService(CalculatorGateway, {
    settings: { port } as object,
  }) as CalculatorGateway;
  await broker.start();
  return { port: portOf(gateway.io.httpServer as Server), stop: () => broker.stop() };
}

/** The gateway is a guest on an HTTP server that the application opens and closes. */
async function onAnHttpServer(port: number) {
  const server = createServer((_request, response) => response.end('This is a calculator.'));
  const broker = newBroker();
  broker.createService(math);
  const gateway = broker.createService(CalculatorGateway) as CalculatorGateway;
  await gateway.initSocketIO(server);
  await broker.start();
  await once(server.listen(port), 'listening');
  return {
    port: portOf(server),
    async stop() {
      await broker.stop();
      server.closeAllConnections();
      await once(server.close(), 'close');
    },
  };
}

/** One service is moleculer-web's API gateway and this one: sockets beside HTTP, on one port. */
async function besideMoleculerWeb(port: number) {
  @SocketNamespace('/', {
    name: 'calculator',
    mixins: [ApiGateway],
    settings: { port, routes: [{ whitelist: ['math.*'], bodyParsers: { json: true } }] },
  })
  class WebGateway extends CalculatorGateway {
    /** It comes from moleculer-web. */
    declare readonly server: Server;
  }

  const broker = newBroker();
  broker.createService(math);
  const gateway = broker.createService(WebGateway) as WebGateway;
  await broker.start();
  return { port: portOf(gateway.server), stop: () => broker.stop() };
}

export const WAYS = { port: onItsOwnPort, server: onAnHttpServer, web: besideMoleculerWeb };

/** Starts the calculator on a port (0: any free one), and says where it is and how to stop it. */
export const start = (port: number, way: keyof typeof WAYS = 'port') => WAYS[way](port);

async function main(way = 'port') {
  if (!(way in WAYS)) throw new Error(`choose one of ${Object.keys(WAYS).join(', ')}`);
  const { port, stop } = await start(Number(process.env.PORT || 3000), way as keyof typeof WAYS);
  console.log(`The calculator listens on http://localhost:${port}. Ctrl-C stops it.`);
  console.log(`Next, in another terminal: PORT=${port} npm run sample -- calculator try`);
  process.once('SIGINT', () => void stop()).once('SIGTERM', () => void stop());
}

if (require.main === module) void main(process.argv[2]);
