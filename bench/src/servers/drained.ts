import { createServer, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Service } from 'moleculer';
import { SocketEvent, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
import { Server } from 'socket.io';
import { NAMESPACE } from '../payloads';
import { newBroker } from './broker';
import type { RunningServer, ServerSpec } from './server-spec';

/* A server that stops while its clients go on calling. Each call takes a while, so that some are under way. */

const CALL_MS = 20;
const WINDOW_MS = 1000;

let ran = 0;

async function run(): Promise<number> {
  ran++;
  await sleep(CALL_MS);
  return 3;
}

/** Returns the milliseconds that something takes. */
async function timed(act: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await act();
  return performance.now() - begun;
}

export function start({ shape }: ServerSpec): Promise<RunningServer> {
  return shape === 'gateway' ? startGateway() : startPlain();
}

async function startGateway(): Promise<RunningServer> {
  @SocketNamespace(NAMESPACE, { name: 'drained', settings: { port: 0, drain: { window: WINDOW_MS } } })
  class DrainedGateway extends SocketGateway {
    @SocketEvent()
    add() {
      return run();
    }
  }
  const broker = newBroker();
  const service = broker.createService(DrainedGateway as never) as unknown as Service & {
    io: Server & { httpServer: HttpServer };
    drain(): Promise<void>;
  };
  await broker.start();
  return {
    port: (service.io.httpServer.address() as AddressInfo).port,
    commands: { drain: () => timed(() => service.drain()), ran: () => ran },
  };
}

async function startPlain(): Promise<RunningServer> {
  const http = createServer();
  const io = new Server(http);
  io.of(NAMESPACE).on('connection', (socket) => {
    socket.on('add', async (_params: object, ack: (error: unknown, result: unknown) => void) => {
      ack(null, await run());
    });
  });
  await new Promise<void>((resolve) => http.listen(0, resolve));
  return {
    port: (http.address() as AddressInfo).port,
    commands: { drain: () => timed(() => io.close()), ran: () => ran },
  };
}
