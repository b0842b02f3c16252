import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker } from 'moleculer';
import { LobbyGateway, rooms } from './rooms';

/** Starts the rooms on a port (0: any free one), and says where they are and how to stop them. */
export async function start(port: number) {
  const broker = new ServiceBroker({ logLevel: 'warn', skipProcessEventRegistration: true });
  broker.createService(rooms);
  const lobby = broker.createService(LobbyGateway, { settings: { port } as object }) as LobbyGateway;
  await broker.start();
  return {
    broker,
    port: ((lobby.io.httpServer as Server).address() as AddressInfo).port,
    stop: () => broker.stop(),
  };
}

async function main() {
  const { port, stop } = await start(Number(process.env.PORT || 3000));
  console.log(`The rooms are open: http://localhost:${port}/rooms. Ctrl-C closes them.`);
  console.log(`Next, in another terminal: PORT=${port} npm run sample -- rooms try`);
  process.once('SIGINT', () => void stop()).once('SIGTERM', () => void stop());
}

if (require.main === module) void main();
