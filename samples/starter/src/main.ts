import { ServiceBroker, type BrokerOptions } from 'moleculer';
import { NotesGateway } from './notes.gateway';

/*
 * One node. PORT is where clients connect. With TRANSPORTER (`TCP`, `nats://nats:4222`, …) the nodes find each other, and are one gateway.
 * ORIGIN is the address of the page, whose clients may connect.
 */
const { PORT = '3000', TRANSPORTER, NODE_ID, ORIGIN, NODE_ENV } = process.env;

export const broker = new ServiceBroker({
  ...(NODE_ID !== undefined && { nodeID: NODE_ID }),
  ...(TRANSPORTER !== undefined && { transporter: TRANSPORTER as BrokerOptions['transporter'] }),
  logLevel: 'info',
});
const settings: object = {
  port: PORT,
  // A page to try the events with, at /explorer. In production it would need a guard.
  explorer: NODE_ENV !== 'production',
  ...(ORIGIN !== undefined && { cors: { origin: ORIGIN } }),
};
broker.createService(NotesGateway, { settings });

if (require.main === module) {
  broker.start().then(
    () => {
      if (NODE_ENV !== 'production')
        console.log(`Open http://localhost:${PORT}/explorer. Next, in another terminal: npm run try`);
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
