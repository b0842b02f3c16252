/**
 * As much of a socket of socket.io-client as is used. Its own class is another type in ES modules than in CommonJS, and whatever the
 * types of its events are, they are not compared: those of the client that is made are.
 */
export interface SocketLike {
  readonly connected: boolean;
  readonly active: boolean;
  auth: unknown;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the listeners of a typed socket differ from event to event
  on(event: any, listener: (...args: any[]) => void): unknown;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the same
  off(event: any, listener: (...args: any[]) => void): unknown;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- so do the arguments
  emit(event: any, ...args: any[]): unknown;
  connect(): unknown;
  disconnect(): unknown;
}
