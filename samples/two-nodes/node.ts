import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { BoardGateway } from './board-gateway';
import { brokerOptions, type Cluster } from './cluster';

/** One node in a process of its own: it says on which port its gateway listens. Its broker answers SIGTERM by itself. */
async function main({ nodeID, cluster }: { nodeID: string; cluster: Cluster }) {
  const broker = new ServiceBroker(brokerOptions(nodeID, cluster));
  const settings: object = { port: 0 };
  const board = broker.createService(BoardGateway as unknown as ServiceSchema, { settings });
  await broker.start();
  const { port } = ((board as unknown as BoardGateway).io.httpServer as Server).address() as AddressInfo;
  process.send?.({ port });
  // A node does not outlive the sample.
  process.once('disconnect', () => process.exit());
}

void main(JSON.parse(process.argv[2] as string) as Parameters<typeof main>[0]);
