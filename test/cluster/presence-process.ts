import { ServiceBroker, type BrokerOptions, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import { Authenticate, SocketGateway, SocketNamespace } from '../../src';
import type { ClusterAdapter } from '../../src/runtime/cluster/cluster-adapter';
import { portOf, serviceOf } from '../support/run-gateway';

/*
 * A node with a gateway that has presence and recovers clients, in a process of its own: see presence-processes.test.ts.
 */

@SocketNamespace('/x', {
  name: 'chat',
  settings: { port: 0, io: { options: { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } } } },
  presence: { grace: 1500 },
})
class ChatGateway extends SocketGateway {
  @Authenticate()
  authenticate(socket: Socket): unknown {
    return socket.handshake.auth['user'];
  }
}

type Command = (argument: never) => unknown;

async function start({
  id,
  broker: options,
}: {
  id: string;
  broker: BrokerOptions;
}): Promise<Record<string, Command>> {
  const registry: object = { stopDelay: 0 };
  const broker = new ServiceBroker({
    nodeID: id,
    logger: false,
    skipProcessEventRegistration: true,
    registry,
    ...options,
  });
  broker.createService(ChatGateway as never as ServiceSchema);
  await broker.start();
  const chat = serviceOf(broker, 'chat');
  process.send?.({ ready: { url: `http://127.0.0.1:${portOf(chat)}`, version: broker.MOLECULER_VERSION } });
  const namespace = chat.io.of('/x');
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  return {
    call: ({ action, params }: { action: string; params: object }) =>
      broker.call(action, params, { nodeID: id }),
    peers: () => (namespace as unknown as { adapter: ClusterAdapter }).adapter.remote?.link.peers ?? [],
    flood: () => void (timer = setInterval(() => namespace.emit('number', id, sent++), 2)),
    endFlood: () => {
      clearInterval(timer);
      return sent;
    },
    emit: (args: unknown[]) => namespace.emit(...(args as [string])),
    /** Cuts the connection of a client off. */
    cut: (socketId: string) => namespace.sockets.get(socketId)?.conn.close(true),
    stop: () => broker.stop(),
  };
}

const commands = start(JSON.parse(process.argv[2]!) as never);

process.on('message', ({ id, command, argument }: { id: number; command: string; argument: never }) => {
  void (async () => {
    try {
      const result: unknown = await (await commands)[command]!(argument);
      process.send?.({ id, result: result ?? null });
    } catch (error) {
      process.send?.({ id, error: { message: String(error) } });
    }
  })();
});
process.on('disconnect', () => process.exit());
