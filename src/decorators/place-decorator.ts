import { DeclarationError } from '../errors';

/** The places where a decorator may be applied. */
type Place = 'class' | 'member' | 'parameter';

/** Fits the type of every decorator: which one it is, the factories say. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what is given and returned depends on the decorator
export type PlacedDecorator = (...args: any[]) => any;

/** The place at which a decorator is applied, as its arguments show it. */
interface Application {
  /** `'standard'`: applied as a decorator of ECMAScript, which TypeScript does without `experimentalDecorators`. */
  readonly place: Place | 'constructor' | 'standard';
  /** The class or the prototype; undefined for a member under a standard decorator. */
  readonly target: object | undefined;
  /** The method or property; undefined for the class itself and its constructor. */
  readonly member: string | undefined;
}

const NOUNS: Readonly<Record<Application['place'], string>> = {
  class: 'a class',
  member: 'a method or property',
  parameter: 'a parameter',
  constructor: 'a parameter of the constructor',
  standard: 'a class by a build with standard decorators',
};

/**
 * Returns a decorator that throws where it would otherwise be ignored or break the class.
 *
 * @param name as users write it: `'@OnConnect()'`
 * @param places where it may be applied
 * @param given all arguments of the factory: those of a decorator, if its parentheses are missing
 * @param apply records the decorator. `member` is undefined for a class, `third` is the descriptor or the parameter's index.
 * @throws DeclarationError if the parentheses are missing; the decorator throws it if it is applied elsewhere
 */
export function placeDecorator(
  name: string,
  places: readonly Place[],
  given: readonly unknown[],
  apply: (target: object, member: string | undefined, third: unknown) => unknown,
): PlacedDecorator {
  const bare = applicationOf(given);
  if (bare && isApplied(bare, given))
    throw misuse(bare, name, `is applied without parentheses; write ${name}`);
  return (...args: unknown[]) => {
    const application = applicationOf(args);
    if (!application?.target || !(places as readonly string[]).includes(application.place)) {
      const found = application ? NOUNS[application.place] : 'neither a class nor a part of one';
      throw misuse(application, name, `is applied to ${found}; apply it to ${nounsOf(places)}`);
    }
    return apply(application.target, application.member, args[2]);
  };
}

function applicationOf(args: readonly unknown[]): Application | undefined {
  const [target, member, third] = args;
  if (isStandardContext(member)) {
    const isClass = member.kind === 'class';
    return {
      place: 'standard',
      target: isClass ? (target as object) : undefined,
      member: isClass ? undefined : String(member.name),
    };
  }
  if (!isTarget(target)) return undefined;
  if (member === undefined && third === undefined) {
    return typeof target === 'function' ? { place: 'class', target, member: undefined } : undefined;
  }
  const isKey = typeof member === 'string' || typeof member === 'symbol';
  if (typeof third === 'number' && (isKey || member === undefined)) {
    return isKey
      ? { place: 'parameter', target, member: String(member) }
      : { place: 'constructor', target, member: undefined };
  }
  const isDescriptor = third === undefined || (typeof third === 'object' && third !== null);
  return isKey && isDescriptor ? { place: 'member', target, member: String(member) } : undefined;
}

/** Tells the arguments of a decorator from those of a factory, which may be functions, options and names, too. */
function isApplied({ place, target }: Application, args: readonly unknown[]): boolean {
  return place === 'standard' || args.length >= 3 || isGateway(target);
}

function isTarget(value: unknown): value is object {
  return (
    (typeof value === 'object' && value !== null && !Array.isArray(value)) || typeof value === 'function'
  );
}

/** Returns true for a class of services, or the prototype of one. */
export function isGateway(target: object | undefined): boolean {
  const prototype: unknown = typeof target === 'function' ? target.prototype : target;
  return (
    typeof (prototype as { parseServiceSchema?: unknown } | null | undefined)?.parseServiceSchema ===
    'function'
  );
}

function isStandardContext(value: unknown): value is { readonly kind: string; readonly name: unknown } {
  const { kind, addInitializer } = (value ?? {}) as { kind?: unknown; addInitializer?: unknown };
  return typeof kind === 'string' && typeof addInitializer === 'function';
}

function nounsOf(places: readonly Place[]): string {
  const handler = 'a method with @SocketEvent';
  if (places.includes('parameter')) return `a parameter of ${handler}`;
  if (!places.includes('class')) return 'a method of a gateway';
  return places.includes('member') ? `the class of a gateway, or ${handler}` : 'the class of a gateway';
}

function misuse(application: Application | undefined, decorator: string, what: string): DeclarationError {
  const { place, target, member } = application ?? {};
  const type: unknown = typeof target === 'function' ? target : target?.constructor;
  const className = (typeof type === 'function' && type.name) || 'A class';
  return new DeclarationError(className, [
    {
      where: member === undefined ? className : `${className}.${member}`,
      what:
        place === 'standard'
          ? `${decorator} is called as a standard decorator, and works as one of TypeScript's own only: set ` +
            '"experimentalDecorators": true and "emitDecoratorMetadata": true in the compilerOptions of tsconfig.json'
          : `${decorator} ${what}`,
    },
  ]);
}
