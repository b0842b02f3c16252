import type { Socket } from 'socket.io';
import type { GatewayShape, SocketContext } from '../types';

/** A method that is called when a client goes. It may declare a narrower type for the description, as `Error`. */
export type DisconnectMethod = {
  bivariant(socket: Socket, reason: string, description?: unknown): unknown;
}['bivariant'];

/** A decorator of a method of a gateway; `Method` is what the method must look like. */
export type GatewayMethodDecorator<Method> = <M extends Method>(
  target: GatewayShape,
  member: string | symbol,
  descriptor: TypedPropertyDescriptor<M>,
) => void;

/** A context with whatever params and meta the method has declared. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- the method says what they are
export type AnySocketContext = SocketContext<any, any>;
