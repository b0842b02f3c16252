/**
 * As much of a socket of socket.io-client as is used. Its own class is another type in ES modules than in CommonJS. Whatever the
 * types of its events are, they are not compared: a parameter of the type `never` fits each of them.
 */
export interface SocketLike {
  readonly connected: boolean;
  readonly active: boolean;
  auth: unknown;
  on(event: never, listener: never): unknown;
  off(event: never, listener: never): unknown;
  emit(event: never, ...args: never[]): unknown;
  connect(): unknown;
  disconnect(): unknown;
}

/** The same socket as the client uses it, without types of events. */
export interface RawSocket extends SocketLike {
  on(event: string, listener: (...args: never[]) => void): unknown;
  off(event: string, listener: (...args: never[]) => void): unknown;
  emit(event: string, ...args: unknown[]): unknown;
}
