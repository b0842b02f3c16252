import { SocketClient } from './socket-client';

/** Connections that are being made at the same time. */
const AT_ONCE = 64;

/** Opens many connections, some at the same time, which stay. */
export async function connectMany(
  port: number,
  count: number,
  authOf?: (index: number) => object,
): Promise<SocketClient[]> {
  const clients: SocketClient[] = [];
  let next = 0;
  const connect = async (): Promise<void> => {
    while (next < count) {
      const index = next++;
      clients.push(await SocketClient.connect(port, authOf?.(index)));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, connect));
  return clients;
}
