import { typed } from 'moleculer-socket-gateway/client';
import { io, type Socket } from 'socket.io-client';
import { AUTH, NAMESPACE } from '../payloads';
import type { RunningServer, ServerSpec } from './server-spec';

/* A client whose CPU is measured: socket.io-client by itself, and with the typed client around it. */

const TIMEOUT_MS = 10_000;
/** Calls that wait for their answer at any time. */
const WINDOW = 32;
const PARAMS = { a: 1, b: 2 };

type Call = () => Promise<unknown>;

const CALLS: Record<string, (socket: Socket) => Call> = {
  ack: (socket) => () =>
    new Promise((resolve, reject) => {
      socket.emit('add', PARAMS, (error: unknown, result: unknown) => {
        if (error) reject(error as Error);
        else resolve(result);
      });
    }),
  'ack-timeout': (socket) => () =>
    new Promise((resolve, reject) => {
      socket.timeout(TIMEOUT_MS).emit('add', PARAMS, (timeout: unknown, error: unknown, result: unknown) => {
        if (timeout ?? error) reject((timeout ?? error) as Error);
        else resolve(result);
      });
    }),
  'emit-with-ack': (socket) => () => socket.emitWithAck('add', PARAMS),
  'emit-with-ack-timeout': (socket) => () => socket.timeout(TIMEOUT_MS).emitWithAck('add', PARAMS),
  typed: (socket) => {
    const math = typed(socket, { timeout: TIMEOUT_MS });
    return () => math.call('add', PARAMS);
  },
};

export async function start({ shape, port }: ServerSpec): Promise<RunningServer> {
  const socket = io(`http://127.0.0.1:${port}${NAMESPACE}`, { auth: AUTH, transports: ['websocket'] });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  const call = (CALLS[shape] as (socket: Socket) => Call)(socket);
  return {
    commands: {
      /** Makes so many calls; CPU of this process in microseconds. */
      async calls(count: number) {
        const before = process.cpuUsage();
        let left = count;
        const caller = async (): Promise<void> => {
          while (left-- > 0) await call();
        };
        await Promise.all(Array.from({ length: WINDOW }, caller));
        const { user, system } = process.cpuUsage(before);
        return user + system;
      },
    },
  };
}
