import type { Namespace } from 'socket.io';

/** Calls the listeners of a namespace for an event that another server has sent with `serverSideEmit`. */
export function receiveServerSideEvent(
  namespace: Namespace,
  event: [name: string, ...args: unknown[]],
): void {
  namespace._onServerSideEmit(event);
}
