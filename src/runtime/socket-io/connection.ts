/*
 * What gateways keep of a connection, across its namespaces. It is a property of the connection: an entry in a WeakMap costs the
 * garbage collector more than everything else that a connection allocates here.
 */

const STATE = Symbol('gateway state');

interface ConnectionState {
  /** How many namespaces the connection is in or asks for. */
  namespaces: number;
  /** True if the connection has ever been admitted to a namespace. */
  wasAdmitted: boolean;
}

type Connection = object & { [STATE]?: ConnectionState };

function stateOf(connection: Connection): ConnectionState {
  return (connection[STATE] ??= { namespaces: 0, wasAdmitted: false });
}

/** Counts a namespace that the connection asks for. Returns how many it is in or asks for now. */
export function countNamespace(connection: object): number {
  return ++stateOf(connection).namespaces;
}

/** Stops counting a namespace that the connection has left, or was not admitted to. */
export function uncountNamespace(connection: object): void {
  const state = stateOf(connection);
  if (state.namespaces > 0) state.namespaces--;
}

/** Marks a connection that was admitted to a namespace. From now on it may be idle. */
export function markAdmitted(connection: object): void {
  stateOf(connection).wasAdmitted = true;
}

/** Returns true if the connection was ever admitted to a namespace. */
export function wasAdmitted(connection: object): boolean {
  return (connection as Connection)[STATE]?.wasAdmitted === true;
}
