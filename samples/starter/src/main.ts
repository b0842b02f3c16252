import { ServiceBroker } from 'moleculer';
import { NotesGateway } from './notes.gateway';

/*
 * One node. PORT is where clients connect. With TRANSPORTER (`TCP`, `nats://nats:4222`, …) the nodes find each other, and are one gateway.
 * ORIGIN is the address of the page, whose clients may connect.
 */
const { PORT = '3000', TRANSPORTER, NODE_ID, ORIGIN } = process.env;

export const broker = new ServiceBroker({
  ...(NODE_ID !== undefined && { nodeID: NODE_ID }),
  ...(TRANSPORTER !== undefined && { transporter: TRANSPORTER }),
  logLevel: 'info',
});
const settings: object = { port: PORT, ...(ORIGIN !== undefined && { cors: { origin: ORIGIN } }) };
broker.createService(NotesGateway, { settings });

if (require.main === module) {
  broker.start().then(
    () =>
      console.log(
        `Open for clients of http://localhost:${PORT}/notes. Next, in another terminal: npm run try`,
      ),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
}
