import 'socket.io';
import { createServer } from 'node:http';
import { performance } from 'node:perf_hooks';
import { SocketEvent, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
import { Server, type Socket } from 'socket.io';
import { NAMESPACE } from '../payloads';
import { newBroker } from './broker';
import type { RunningServer, ServerSpec } from './server-spec';

/*
 * How long a service takes from `createService` until it listens: a gateway, and a service that starts socket.io by itself. Moleculer,
 * socket.io and the decorators are loaded before. What a gateway loads when it is created counts.
 */

type Ack = (error: unknown, result?: unknown) => void;

@SocketNamespace(NAMESPACE, { name: 'started', settings: { port: 0 } })
class StartedGateway extends SocketGateway {
  @SocketEvent()
  add() {
    return 3;
  }
}

const PLAIN = {
  name: 'started',
  async started() {
    const http = createServer();
    const io = new Server(http);
    io.of(NAMESPACE).on('connection', (socket: Socket) => {
      socket.on('add', (_params: object, ack: Ack) => {
        ack(null, 3);
      });
    });
    await new Promise<void>((resolve) => http.listen(0, resolve));
  },
};

export async function start({ shape }: ServerSpec): Promise<RunningServer> {
  const broker = newBroker();
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  broker.createService((shape === 'gateway' ? StartedGateway : PLAIN) as never);
  await broker.start();
  const time = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { commands: { started: () => ({ time, cpu: (user + system) / 1000 }) } };
}
