import type { Socket } from 'socket.io';
import { recordMember, type SaidOfMember } from '../metadata/storage';
import type { GatewayShape, SocketContext } from '../types';
import { placeDecorator, type PlacedDecorator } from './place-decorator';

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

/**
 * Makes the decorator that records what it says about a member.
 *
 * @param decorator as users write it: `'@OnConnect()'`
 * @param given all arguments of the factory
 * @param said may depend on the member and its descriptor
 * @throws DeclarationError if the parentheses are missing
 */
export function member(
  decorator: string,
  given: readonly unknown[],
  said: SaidOfMember | ((target: object, name: string, descriptor: unknown) => SaidOfMember),
): PlacedDecorator {
  return placeDecorator(decorator, ['member'], given, (target, member, descriptor) => {
    const name = String(member);
    recordMember(target, name, typeof said === 'function' ? said(target, name, descriptor) : said);
  });
}
