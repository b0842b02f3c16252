import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker } from 'moleculer';
import type { ListedEvent } from 'moleculer-socket-gateway';
import { CounterGateway, ShopGateway } from './gateways';
import { orderService, stockService } from './services';

/** Starts the shop on a port (0: any free one), and says where it is and how to stop it. */
export async function start(port: number) {
  const broker = new ServiceBroker({ logLevel: 'error', skipProcessEventRegistration: true });
  for (const service of [stockService(), orderService()]) broker.createService(service);
  const shop = broker.createService(ShopGateway, { settings: { port } as object }) as ShopGateway;
  broker.createService(CounterGateway); // on the same port
  await broker.start();
  return {
    broker,
    port: ((shop.io.httpServer as Server).address() as AddressInfo).port,
    stop: () => broker.stop(),
  };
}

async function main() {
  const { broker, port, stop } = await start(Number(process.env.PORT || 3000));
  console.log(`The shop is open: http://localhost:${port}. Ctrl-C closes it. Its events:`);
  for (const gateway of ['shop', 'counter']) {
    const events = await broker.call<ListedEvent[], object>(`${gateway}.listEvents`, {});
    for (const { event, namespaces, action = 'several actions', authorize } of events) {
      const who = authorize ? authorize.roles.flat().join(', ') || 'any user' : 'everybody';
      console.log(`  ${namespaces.join(' ')} ${event}: ${action}, for ${who}`);
    }
  }
  console.log(`Next, in another terminal: PORT=${port} npm run sample -- auto-expose try`);
  process.once('SIGINT', () => void stop()).once('SIGTERM', () => void stop());
}

if (require.main === module) void main();
