import { DeclarationError } from '../errors';
import { construct } from '../metadata/construction';
import { ownRecord, recordClass } from '../metadata/storage';
import type { GatewayShape, NamespacePattern, SocketNamespaceOptions } from '../types';
import { isGateway, placeDecorator } from './place-decorator';

/**
 * Makes a class that extends `SocketGateway` the gateway of a namespace.
 *
 * @param path `'/chat'`, `'/tenants/:tenantId'`, a regular expression, or an array of these; default `'/'`
 * @param options the service part (`name`, `version`, `settings`, `mixins`, `hooks`, …) and the namespace part
 *   (`middlewares`, `packetMiddlewares`, `ack`, `limits`, `validation`)
 * @throws DeclarationError when the class is registered, with every mistake of the class at once
 * @example
 * @SocketNamespace('/chat', { settings: { port: 3000 } })
 * export class ChatGateway extends SocketGateway { … }
 */
export function SocketNamespace(
  path: NamespacePattern | readonly NamespacePattern[] = '/',
  options?: SocketNamespaceOptions,
  ...applied: []
): <T extends abstract new (...args: never[]) => GatewayShape>(target: T) => T {
  return placeDecorator('@SocketNamespace()', ['class'], [path, options, ...applied], (target) => {
    const paths = (
      Array.isArray(path) ? [...(path as readonly NamespacePattern[])] : [path]
    ) as NamespacePattern[];
    const type = target as abstract new (...args: never[]) => GatewayShape;
    if (!isGateway(type)) {
      throw new DeclarationError(type.name || 'A class', [
        {
          where: type.name || 'A class',
          what: '@SocketNamespace() is applied to a class that is no gateway; write: extends SocketGateway',
        },
      ]);
    }
    recordClass(type, { kind: 'namespace', paths, options: options === undefined ? {} : options });
    return initialiseFieldsFirst(type);
  });
}

/**
 * Parses the schema when the fields of the object are set. The fields of a class are set after its base constructor has run,
 * and that is where a Moleculer service calls `created()`. So the schema is parsed from here instead, when the whole object
 * is there.
 */
function initialiseFieldsFirst<T extends abstract new (...args: never[]) => GatewayShape>(target: T): T {
  const proxy: T = new Proxy(target, {
    construct(constructor, args: unknown[], newTarget: NewTarget) {
      if (isFakeBroker(args[0])) {
        // @Service of moleculer-decorators tries the class out to copy its fields: there are none to share.
        ownRecord(constructor.prototype as object).wrappedByService = true;
        return Object.create(newTarget.prototype as object) as object;
      }
      const gateway = construct(newTarget.prototype as object, () => {
        return Reflect.construct(constructor, args, newTarget) as {
          parseServiceSchema(given: unknown): void;
        };
      });
      // A class below this one, or @Service above it, parses the schema itself.
      if (newTarget === proxy) gateway.parseServiceSchema(args[1] ?? {});
      return gateway;
    },
  });
  Object.defineProperty(target.prototype, 'constructor', {
    value: proxy,
    writable: true,
    configurable: true,
  });
  return proxy;
}

// eslint-disable-next-line @typescript-eslint/no-unsafe-function-type -- what Proxy and Reflect call it
type NewTarget = Function;

// moleculer-decorators constructs the class with `{ Promise }` in place of a broker.
function isFakeBroker(broker: unknown): boolean {
  return typeof broker === 'object' && broker !== null && !('createService' in broker) && 'Promise' in broker;
}
