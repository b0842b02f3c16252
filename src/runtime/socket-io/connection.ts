/*
 * What gateways know of a connection, whatever namespaces it is in. It is kept on the connection itself: an entry in a
 * WeakMap costs the garbage collector more than all else that a connection makes.
 */

const ENTERED = Symbol('namespaces');
const USED = Symbol('used');

interface KnownConnection {
  [ENTERED]?: number;
  [USED]?: boolean;
}

/**
 * The connection asks for one more namespace.
 *
 * @returns in how many it is then, those that are still being asked for included
 */
export function enterOneMore(connection: object & KnownConnection): number {
  return (connection[ENTERED] = (connection[ENTERED] ?? 0) + 1);
}

/** The connection has left a namespace, or was not let in. */
export function leaveOne(connection: object & KnownConnection): void {
  const count = connection[ENTERED] ?? 0;
  if (count > 0) connection[ENTERED] = count - 1;
}

/** The connection is let into a namespace, and may be quiet from now on. */
export function markUsed(connection: object & KnownConnection): void {
  connection[USED] = true;
}

/** Whether a connection has ever been in a namespace. */
export function wasUsed(connection: object & KnownConnection): boolean {
  return connection[USED] === true;
}
