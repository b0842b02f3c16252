import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker } from 'moleculer';
import { AccountGateway } from './account-gateway';
import { accounts } from './accounts';

/** Starts the gateway on a port (0: any free one), and says where it is and how to stop it. */
export async function start(port: number) {
  const broker = new ServiceBroker({ logLevel: 'error', skipProcessEventRegistration: true });
  broker.createService(accounts);
  const gateway = broker.createService(AccountGateway, { settings: { port } as object }) as AccountGateway;
  await broker.start();
  return {
    port: ((gateway.io.httpServer as Server).address() as AddressInfo).port,
    stop: () => broker.stop(),
  };
}

async function main() {
  const { port, stop } = await start(Number(process.env.PORT || 3000));
  console.log(`Log in at http://localhost:${port} as ada (lovelace) or ben (franklin). Ctrl-C stops it.`);
  console.log(`Next, in another terminal: PORT=${port} npm run sample -- login try`);
  process.once('SIGINT', () => void stop()).once('SIGTERM', () => void stop());
}

if (require.main === module) void main();
