import { openSync, writeSync } from 'node:fs';
import { ServiceBroker, type BrokerOptions, type Context, type ServiceSchema } from 'moleculer';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace, type SocketContext, Ctx } from '../../src';
import { portOf, serviceOf } from '../support/run-gateway';

/*
 * A node that writes down each event that it has run: see rolling-restart.test.ts. Its broker answers signals by itself.
 */

interface Settings {
  readonly broker: BrokerOptions;
  /** The file in which events are written down, each in a line. */
  readonly file: string;
  readonly drain: object;
}

const { broker: options, file, drain } = JSON.parse(process.argv[2]!) as Settings;
const written = openSync(file, 'a');

@SocketNamespace('/x', { name: 'counter', settings: { port: 0 } })
class CounterGateway extends SocketGateway {
  @SocketEvent()
  count(@MessageBody() id: string, @Ctx() ctx: SocketContext) {
    // At once: what is in the file has run, however the process ends.
    writeSync(written, `${id}\n`);
    return ctx.call('work.do', { id });
  }
}

/** Another service of the broker, which must not stop before the gateway has drained. */
const work: ServiceSchema = {
  name: 'work',
  actions: {
    async do({ params: { id } }: Context<{ id: string }>) {
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 40));
      return id;
    },
  },
};

async function start(): Promise<void> {
  const broker = new ServiceBroker({ logger: false, ...options });
  const settings: object = { port: 0, drain };
  broker.createService(CounterGateway as unknown as ServiceSchema, { settings });
  broker.createService(work);
  await broker.start();
  process.send?.({ url: `http://127.0.0.1:${portOf(serviceOf(broker, 'counter'))}` });
}

void start();
