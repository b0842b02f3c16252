import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServiceSchema } from 'moleculer';
import { NAMESPACE } from '../payloads';
import { newBroker } from './broker';
import type { RunningServer, ServerSpec } from './server-spec';

/** moleculer-io, whose clients call an action that has an alias, is on a whitelist and has hooks. */
export async function start({ observed }: ServerSpec): Promise<RunningServer> {
  const SocketIOService = require('moleculer-io') as ServiceSchema;
  const broker = newBroker(observed);
  const http = createServer();
  const service = broker.createService({
    name: 'io',
    mixins: [SocketIOService],
    settings: {
      io: {
        namespaces: {
          [NAMESPACE]: {
            events: {
              call: {
                whitelist: ['math.*'],
                aliases: { add: 'math.add' },
                onBeforeCall(ctx: { meta: Record<string, unknown> }) {
                  ctx.meta['channel'] = 'web';
                },
                onAfterCall() {
                  // The result stays as it is.
                },
              },
            },
          },
        },
      },
    },
  }) as unknown as { initSocketIO(server: unknown): void };
  service.initSocketIO(http);
  await broker.start();
  await new Promise<void>((resolve) => http.listen(0, resolve));
  return { port: (http.address() as AddressInfo).port };
}
