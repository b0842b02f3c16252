import type { ActionProxy, ActionProxyOptions, GatewayShape, SocketEventOptions } from '../types';
import { member, type GatewayMethodDecorator } from './record-method';

/** The decorator that `@SocketEvent` returns for the options of a handler. It applies to methods. */
export type SocketEventMethodDecorator = GatewayMethodDecorator<(...args: never[]) => unknown>;

/** The decorator that `@SocketEvent` returns for the options of a proxy. It applies to properties of type `ActionProxy`. */
export type SocketEventPropertyDecorator = <Member extends string>(
  target: GatewayShape & Readonly<Record<Member, ActionProxy>>,
  member: Member,
) => void;

/**
 * Handles an event of the clients: on a method, the method answers it; on a property of type `ActionProxy`, the
 * client's first argument names the action that answers it.
 *
 * The method is a Moleculer action too, private unless `visibility` says otherwise, and takes all its options.
 *
 * @param event the name of the event, several names, or `'*'` for what nothing else handles; default: the name of the member
 * @param options those of a Moleculer action and `payload`; on a property `whitelist`, `aliases`, …
 * @throws DeclarationError when the class is compiled, if the name is reserved or taken
 * @example
 * @SocketEvent('message', { timeout: 2000 })
 * send(@MessageBody() message: NewMessage) { return { id: 1 }; }
 *
 * @SocketEvent('call', { whitelist: ['math.*'] })
 * call!: ActionProxy;
 */
export function SocketEvent(
  event?: string | readonly string[],
  options?: SocketEventOptions & ActionProxyOptions,
): SocketEventMethodDecorator & SocketEventPropertyDecorator;
export function SocketEvent(
  options: SocketEventOptions & ActionProxyOptions,
): SocketEventMethodDecorator & SocketEventPropertyDecorator;
export function SocketEvent(
  event?: unknown,
  options?: SocketEventOptions & ActionProxyOptions,
  ...applied: []
): SocketEventMethodDecorator & SocketEventPropertyDecorator {
  const onlyOptions = event !== null && typeof event === 'object' && !Array.isArray(event);
  const names =
    event === undefined || onlyOptions
      ? undefined
      : Array.isArray(event)
        ? [...(event as unknown[])]
        : [event];
  return member('@SocketEvent()', [event, options, ...applied], (target, name, descriptor) => ({
    kind: 'event',
    names,
    options: (onlyOptions ? event : options) ?? {},
    on: kindOf(
      (descriptor as PropertyDescriptor | undefined) ?? Object.getOwnPropertyDescriptor(target, name),
    ),
  }));
}

/** @param descriptor undefined for a field; Babel describes one by its `initializer` */
function kindOf(descriptor: PropertyDescriptor | undefined): 'method' | 'property' | 'accessor' {
  if (typeof descriptor?.value === 'function') return 'method';
  return descriptor?.get || descriptor?.set ? 'accessor' : 'property';
}
