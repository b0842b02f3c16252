import { ServiceBroker, type BrokerOptions, type Context, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  ForwardEvent,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import type { ClusterAdapter } from '../../src/runtime/cluster/cluster-adapter';
import { sendEventTo } from '../../src/runtime/moleculer/internals';
import { serviceOf, portOf } from '../support/run-gateway';

/*
 * A node with two gateways in a process of its own: see gateway-processes.test.ts and ending-gateways.test.ts.
 */

interface Settings {
  readonly id: string;
  readonly broker: BrokerOptions;
  /** The event that an attacker sends; undefined for a node with gateways. */
  readonly attacks?: string;
}

@SocketNamespace('/x', { name: 'chat', settings: { port: 0 } })
class ChatGateway extends SocketGateway {
  @Authenticate()
  authenticate(socket: Socket): unknown {
    return socket.handshake.auth['user'];
  }

  @SocketEvent('enter')
  enter(ctx: SocketContext<string>) {
    return ctx.socket.join(ctx.params);
  }

  @SocketEvent('say')
  say(ctx: SocketContext<string>) {
    ctx.socket.broadcast.emit('said', ctx.params);
  }

  /** Puts the sockets of all nodes into a room, and sends to it at once. */
  @SocketEvent('gather')
  gather() {
    this.io.of('/x').socketsJoin('gathered');
    this.io.of('/x').to('gathered').emit('gathered');
  }

  @ForwardEvent('order.paid')
  paid(ctx: Context) {
    return ctx.params;
  }
}

@SocketNamespace('/tenants/:id', { name: 'tenants' })
class TenantGateway extends SocketGateway {}

type Command = (argument: never) => unknown;

async function start({ id, broker: options, attacks }: Settings): Promise<Record<string, Command>> {
  const registry: object = { stopDelay: 0 };
  const broker = new ServiceBroker({
    nodeID: id,
    logger: false,
    metrics: { enabled: true, collectProcessMetrics: false },
    skipProcessEventRegistration: true,
    registry,
    ...options,
  });
  const gateways = attacks === undefined ? [ChatGateway, TenantGateway] : [];
  for (const gateway of gateways) broker.createService(gateway as never as ServiceSchema);
  await broker.start();
  const url = gateways.length > 0 ? `http://127.0.0.1:${portOf(serviceOf(broker, 'chat'))}` : '';
  process.send?.({ ready: { url, version: broker.MOLECULER_VERSION } });
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;
  const flood = (): void => {
    serviceOf(broker, 'chat').io.of('/x').emit('number', sent);
    void broker.emit('order.paid', sent);
    sent++;
  };
  const metric = (name: string): number => {
    const found = broker.metrics.getMetric(`moleculer.io.cluster.${name}`) as unknown as {
      snapshot(): { labels: { service: string }; value: number }[];
    };
    return found.snapshot().find(({ labels }) => labels.service === 'chat')?.value ?? 0;
  };
  return {
    call: ({ action, params }: { action: string; params: object }) =>
      broker.call(action, params, { nodeID: id }),
    emit: ({ event, params }: { event: string; params: unknown }) => broker.emit(event, params as object),
    broadcast: (args: unknown[]) =>
      serviceOf(broker, 'chat')
        .io.of('/x')
        .emit(...(args as [string])),
    metric,
    flood: () => void (timer = setInterval(flood, 1)),
    sent: () => sent,
    endFlood: () => {
      clearInterval(timer);
      return sent;
    },
    /** The nodes that the gateway reaches. */
    peers: () => {
      const { adapter } = serviceOf(broker, 'chat').io.of('/x') as unknown as { adapter: ClusterAdapter };
      return adapter.remote?.link.peers ?? [];
    },
    /** Sends whatever it is told to the gateways of a node, as if it had one itself. */
    attack: async ({ node, packets }: { node: string; packets: unknown[] }) => {
      for (const params of packets) await sendEventTo(broker, node, attacks!, params);
    },
    stop: () => broker.stop(),
  };
}

const commands = start(JSON.parse(process.argv[2]!) as Settings);

process.on('message', ({ id, command, argument }: { id: number; command: string; argument: never }) => {
  void (async () => {
    try {
      const result: unknown = await (await commands)[command]!(argument);
      process.send?.({ id, result: result ?? null });
    } catch (error) {
      const { code, type } = error as { code?: unknown; type?: unknown };
      process.send?.({ id, error: { message: String(error), code, type } });
    }
  })();
});
process.on('disconnect', () => process.exit());
