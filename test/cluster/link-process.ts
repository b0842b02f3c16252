import type { BrokerOptions } from 'moleculer';
import { LinkCluster } from './link-nodes';
import type { Transport } from './link-servers';

/*
 * A node of a cluster in a process of its own: see link-processes.test.ts.
 */

interface Settings {
  readonly id: string;
  readonly namespace: string;
  readonly transporter: BrokerOptions['transporter'];
  readonly broker: BrokerOptions;
}

/** What the test asks for, and what it is told. */
const COMMANDS: Record<string, (node: Awaited<ReturnType<typeof start>>, argument: unknown) => unknown> = {
  peers: ({ link }) => link.peers,
  /** The nodes that the registry knows to have the gateway. */
  listed: ({ broker }) =>
    (
      broker.registry.getServiceList({ withEvents: true }) as {
        name: string;
        nodeID: string;
        available: boolean;
      }[]
    )
      .filter(({ name, available }) => name === 'chat' && available)
      .map(({ nodeID }) => nodeID),
  emit: ({ io }, argument) => io.emit('hello', argument, Buffer.from('bytes')),
  sockets: async ({ io }) => (await io.fetchSockets()).map(({ id }) => id),
  ask: ({ io }) => io.serverSideEmitWithAck('question' as never),
  answer: ({ io }, argument) =>
    io.on('question' as never, ((ack: (value: unknown) => void) => ack(argument)) as never),
  ignore: ({ io }) => io.on('question' as never, (() => process.send?.({ asked: true })) as never),
};

async function start({ id, namespace, transporter, broker }: Settings) {
  const cluster = new LinkCluster({ options: () => transporter } as Transport);
  const node = await cluster.add(id, { broker: { namespace, ...broker } });
  return node;
}

async function main(): Promise<void> {
  const node = await start(JSON.parse(process.argv[2]!) as Settings);
  process.on('message', ({ command, argument }: { command: string; argument: unknown }) => {
    void (async () => {
      try {
        const result = await COMMANDS[command]!(node, argument);
        process.send?.({ result: Array.isArray(result) ? result : null });
      } catch (error) {
        process.send?.({ result: null, error: String(error) });
      }
    })();
  });
  process.on('disconnect', () => process.exit());
  process.send?.({ url: node.url, version: node.broker.MOLECULER_VERSION });
}

void main();
