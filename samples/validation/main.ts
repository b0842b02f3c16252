import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker } from 'moleculer';
import { io } from 'socket.io-client';
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

/** Sends an order with five mistakes, and shows what the client is told. */
async function main() {
  const { port, stop } = await start(Number(process.env.PORT || 3000));
  const client = io(`http://localhost:${port}`);
  const order = {
    items: [
      { product: 'green tea', count: 2 },
      { product: 7, count: 1000 },
    ],
    delivery: 'courier',
    address: { postalCode: 'X' },
    note: '',
  };
  client.emit('order', order, (error: { data: object[] }) => {
    console.log(error.data);
    client.close();
    void stop();
  });
}

if (require.main === module) void main();
