// A node whose actions throw; ../check-bundles.js bundles it by itself.
import { Errors, ServiceBroker } from 'moleculer';
import { Errors as GatewayErrors } from 'moleculer-socket-gateway';
import { SECRETS } from './secrets';

/** Starts the node. The Fake transporter connects all brokers of a process, whichever bundle they are in. */
export async function startRemote(): Promise<ServiceBroker> {
  const broker = new ServiceBroker({ nodeID: 'remote', transporter: 'Fake', logger: false });
  broker.createService({
    name: 'remote',
    actions: {
      fail(ctx: { params: { what: string } }) {
        throw SECRETS[ctx.params.what]?.();
      },
      forbidden() {
        throw new GatewayErrors.ForbiddenError('REMOTE', { part: 'lid' });
      },
      teapot() {
        throw new Errors.MoleculerClientError('seen', 418, 'TEAPOT', { part: 'lid' });
      },
    },
  });
  await broker.start();
  return broker;
}
