import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ServiceBroker } from 'moleculer';
import { TokenGateway } from './token-gateway';
import { tokens } from './tokens';

/** Starts the gateway on a port (0: any free one), and says where it is, how to get a token, and how to stop it. */
export async function start(port: number) {
  const broker = new ServiceBroker({ logLevel: 'error', skipProcessEventRegistration: true });
  broker.createService(tokens);
  const gateway = broker.createService(TokenGateway, { settings: { port } as object }) as TokenGateway;
  await broker.start();
  return {
    port: ((gateway.io.httpServer as Server).address() as AddressInfo).port,
    sign: (id: string, roles: string[], seconds: number) =>
      broker.call<string, object>('tokens.sign', { id, roles, seconds }),
    stop: () => broker.stop(),
  };
}

async function main() {
  const { port, sign, stop } = await start(Number(process.env.PORT || 3000));
  console.log(`Clients connect to http://localhost:${port} with { auth: { token } }. Ctrl-C stops it.`);
  console.log('Next, in another terminal, with a token of an admin that is good for an hour:');
  console.log(`PORT=${port} npm run sample -- jwt try ${await sign('ada', ['admin'], 3600)}`);
  process.once('SIGINT', () => void stop()).once('SIGTERM', () => void stop());
}

if (require.main === module) void main();
