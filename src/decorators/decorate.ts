import { DeclarationError } from '../errors';
import { existingRecord } from '../metadata/storage';
import type { GatewayShape } from '../types';

/** A decorator of a class, as `SocketNamespace('/chat')` returns it. */
export type GatewayClassDecorator = (target: never) => unknown;

/** A decorator of a method or of an action proxy, as `SocketEvent('send')` returns it. */
export type GatewayMemberDecorator = (
  target: never,
  member: never,
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- each decorator says what its method must look like
  descriptor: TypedPropertyDescriptor<any>,
) => unknown;

type OneOrMore<T> = T | readonly T[];
/** One of these is on every action proxy: without, it does not compile. */
const PROXY_LIMITS = ['whitelist', 'mappingPolicy'];

type AnyDecorator = (...args: unknown[]) => unknown;

/**
 * Applies decorators without decorator syntax, for gateways in plain JavaScript. Handlers take `(ctx)`.
 *
 * @param type a class that extends `SocketGateway`
 * @param classDecorators those of the class, in the order in which they would be written above it
 * @param memberDecorators those of its methods, by name, and of the properties through which clients call actions
 * @returns the decorated class: register this one
 * @throws DeclarationError if the class has no method of a given name, or something else than a decorator is given
 * @example
 * module.exports = decorate(ChatGateway, [SocketNamespace('/chat'), Authorize()], {
 *   send: SocketEvent('send', { payload: NewMessage }),
 *   login: [AllowAnonymous(), SocketEvent()],
 *   call: SocketEvent('call', { whitelist: ['math.*'] }),
 * });
 */
export function decorate<T extends abstract new (...args: never[]) => GatewayShape>(
  type: T,
  classDecorators: OneOrMore<GatewayClassDecorator>,
  memberDecorators: Readonly<Record<string, OneOrMore<GatewayMemberDecorator>>> = {},
): T {
  const { name: className, prototype } = type as { name: string; prototype: object };
  for (const [member, decorators] of Object.entries(memberDecorators)) {
    decorateMember(className, prototype, member, listOf(className, member, decorators));
  }
  return listOf(className, undefined, classDecorators).reduce<T>(
    (decorated, decorator) => (decorator(decorated) as T | undefined) ?? decorated,
    type,
  );
}

function decorateMember(
  className: string,
  prototype: object,
  member: string,
  decorators: readonly AnyDecorator[],
): void {
  const found = descriptorOf(prototype, member);
  const descriptor = decorators.reduce<PropertyDescriptor | undefined>(
    (current, decorator) =>
      (decorator(prototype, member, current) as PropertyDescriptor | undefined) ?? current,
    found,
  );
  if (descriptor !== found) Object.defineProperty(prototype, member, descriptor as PropertyDescriptor);
  if (descriptor === undefined && !isProxy(prototype, member)) {
    throw problem(
      className,
      member,
      `${className} has no method '${member}'; write the method, or, for a property through which clients call ` +
        "actions, say which: SocketEvent({ whitelist: ['math.*'] })",
    );
  }
}

/** Decorators take effect from the bottom up. */
function listOf(className: string, member: string | undefined, given: unknown): AnyDecorator[] {
  const decorators: unknown[] = [given].flat();
  if (decorators.every((one): one is AnyDecorator => typeof one === 'function')) return decorators.reverse();
  const example = member === undefined ? "SocketNamespace('/chat')" : `SocketEvent('${member}')`;
  throw problem(className, member, `decorate takes decorators, one or a list of them: ${example}`);
}

function descriptorOf(prototype: object, member: string): PropertyDescriptor | undefined {
  for (let at: object | null = prototype; at !== null; at = Object.getPrototypeOf(at) as object | null) {
    const descriptor = Object.getOwnPropertyDescriptor(at, member);
    if (descriptor) return descriptor;
  }
  return undefined;
}

/** Returns true if the member has been declared as an action proxy, which is a property without a value. */
function isProxy(prototype: object, member: string): boolean {
  return (existingRecord(prototype)?.memberFacts ?? []).some(
    (fact) =>
      fact.kind === 'event' &&
      fact.member === member &&
      PROXY_LIMITS.some((option) => option in Object(fact.options)),
  );
}

function problem(className: string, member: string | undefined, what: string): DeclarationError {
  return new DeclarationError(className, [
    { where: member === undefined ? className : `${className}.${member}`, what },
  ]);
}
