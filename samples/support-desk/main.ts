import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker, type BrokerOptions } from 'moleculer';
import { accounts } from './accounts';
import { DeskGateway } from './desk-gateway';
import { tickets } from './tickets';

/** What differs from node to node. */
export interface Node {
  nodeID?: string;
  /** How the nodes find each other: `'TCP'`, `'nats://…'`, … Default: this is the only node. */
  transporter?: BrokerOptions['transporter'];
  /** Whether the accounts and tickets are here. They are on one node. Default: true. */
  services?: boolean;
  /** False: it logs nothing. */
  logger?: false;
}

/** Starts a node of the desk on a port (0: any free one). */
export async function start(port: number, { services = true, ...node }: Node = {}) {
  const broker = new ServiceBroker({ logLevel: 'warn', skipProcessEventRegistration: true, ...node });
  if (services) for (const service of [accounts, tickets()]) broker.createService(service);
  const desk = broker.createService(DeskGateway, { settings: { port } as object }) as DeskGateway;
  await broker.start();
  return {
    port: ((desk.io.httpServer as Server).address() as AddressInfo).port,
    stop: () => broker.stop(),
  };
}

async function main() {
  const { PORT = '3000', NODE_ID, TRANSPORTER, SERVICES } = process.env;
  const { port, stop } = await start(Number(PORT), {
    ...(NODE_ID !== undefined && { nodeID: NODE_ID }),
    ...(TRANSPORTER !== undefined && { transporter: TRANSPORTER as BrokerOptions['transporter'] }),
    services: SERVICES !== 'elsewhere',
  });
  console.log(`The desk is open: http://localhost:${port}. Ctrl-C closes it.`);
  console.log(`Next, in another terminal: PORT=${port} npm run sample -- support-desk try`);
  process.once('SIGINT', () => void stop()).once('SIGTERM', () => void stop());
}

if (require.main === module) void main();
