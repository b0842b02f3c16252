import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker } from 'moleculer';
import { ShopGateway } from './shop-gateway';

/** Starts the gateway on a port (0: any free one), and says where it is and how to stop it. */
export async function start(port: number) {
  const broker = new ServiceBroker({ logLevel: 'error', skipProcessEventRegistration: true });
  const gateway = broker.createService(ShopGateway, { settings: { port } as object }) as ShopGateway;
  await broker.start();
  return {
    port: ((gateway.io.httpServer as Server).address() as AddressInfo).port,
    stop: () => broker.stop(),
  };
}

async function main() {
  const { port, stop } = await start(Number(process.env.PORT || 3000));
  console.log(`The shop takes orders at http://localhost:${port}. Ctrl-C closes it.`);
  console.log(`Next, in another terminal: PORT=${port} npm run sample -- validation try`);
  process.once('SIGINT', () => void stop()).once('SIGTERM', () => void stop());
}

if (require.main === module) void main();
