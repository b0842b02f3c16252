import { inspect } from 'node:util';
import { Errors } from 'moleculer';

/*
 * Everything that code can throw, and every way in which it can fail. The word `secret` must not reach a client.
 */

const SECRET = 'secret';

/** Throws at whoever looks at it, in whatever way. */
function untouchable(): object {
  const refuse = (): never => {
    throw untouchable();
  };
  const traps = Object.getOwnPropertyNames(Reflect).map((trap) => [trap, refuse]);
  return new Proxy(new Error(SECRET), Object.fromEntries(traps) as ProxyHandler<Error>);
}

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable(new Error(SECRET), {});
  revoke();
  return proxy;
}

/** An error all of whose properties throw. */
function unreadable(): Error {
  const error = new Error(SECRET);
  // The stack first: what makes it reads the others.
  for (const name of [
    'stack',
    'name',
    'message',
    'code',
    'type',
    'data',
    'cause',
    'nodeID',
    'retryable',
    'then',
    'toJSON',
  ]) {
    Object.defineProperty(error, name, {
      get() {
        throw new Error(`${SECRET} ${name}`);
      },
    });
  }
  return error;
}

function circular(): Record<string, unknown> {
  const circle: Record<string, unknown> = { text: SECRET };
  return Object.assign(circle, { self: circle });
}

function unprintable(): object {
  const refuse = (): never => {
    throw new Error(SECRET);
  };
  return {
    toString: refuse,
    valueOf: refuse,
    [Symbol.toPrimitive]: refuse,
    [inspect.custom]: refuse,
    toJSON: refuse,
  };
}

/** Not meant to be seen by clients. */
const HIDDEN: Record<string, () => unknown> = {
  'an Error': () => new Error(SECRET),
  null: () => null,
  undefined: () => undefined,
  'an empty string': () => '',
  'a string': () => SECRET,
  'a number': () => 404,
  'a symbol': () => Symbol(SECRET),
  'a function': () => () => SECRET,
  'a bigint': () => 10n,
  'an object': () => ({ message: SECRET, code: 404, type: SECRET, data: SECRET }),
  'an object without a prototype': () => Object.assign(Object.create(null), { message: SECRET }) as unknown,
  'a circle': circular,
  'a frozen error': () => Object.freeze(new Error(SECRET)),
  'an error that cannot be read': unreadable,
  'an object that cannot be printed': unprintable,
  'an error that cannot be touched': untouchable,
  'a revoked proxy': revoked,
  'an error with a circular cause': () => {
    const error = new Error(SECRET);
    return Object.assign(error, { cause: error, errors: [error] });
  },
  'an error of a strange shape': () =>
    Object.assign(new Error(SECRET), { name: circular(), message: circular(), code: circular(), stack: 5 }),
  'an error as long as a book': () => new Error(SECRET.repeat(100_000)),
  'an error with a code': () => Object.assign(new Error(SECRET), { code: 401, type: SECRET, data: SECRET }),
  'an AggregateError': () => new AggregateError([new Error(SECRET), null, circular()], SECRET),
};

/** Moleculer writes into errors, and fails where it cannot: then clients see the mask. */
const EITHER: Record<string, () => unknown> = {
  'a frozen MoleculerError': () => Object.freeze(new Errors.MoleculerError('seen', 418, 'TEAPOT')),
};

/** Meant to be seen. */
const SEEN: Record<string, () => unknown> = {
  'a MoleculerError': () => new Errors.MoleculerError('seen', 418, 'TEAPOT', { part: 'lid' }),
  'a MoleculerError with a circle': () => new Errors.MoleculerError('seen', 418, 'TEAPOT', circular()),
  'a MoleculerError with a bigint': () => new Errors.MoleculerError('seen', 418, 'TEAPOT', { id: 10n }),
  'a MoleculerError whose data cannot be written': () =>
    new Errors.MoleculerError('seen', 418, 'TEAPOT', { inner: unprintable() }),
};

const ALL = { ...HIDDEN, ...EITHER, ...SEEN };
export const KINDS = Object.keys(ALL);

/** Ways to fail. */
const WAYS = {
  throws: (make) => {
    throw make();
  },
  rejects: (make) => Promise.reject(make()),
  'rejects later': (make) => new Promise((_resolve, reject) => setImmediate(() => reject(make()))),
  'returns what rejects when it is awaited': (make) => ({
    then(_resolve: unknown, reject: (error: unknown) => void) {
      reject(make());
    },
  }),
  'returns what throws when it is awaited': (make) => ({
    then() {
      throw make();
    },
  }),
  'returns what fails in every way when it is awaited': (make) => ({
    then(_resolve: unknown, reject: (error: unknown) => void) {
      reject(make());
      setImmediate(() => reject(make()));
      reject(make());
      throw make();
    },
  }),
  'returns what cannot be asked whether it can be awaited': (make) => ({
    get then() {
      throw make();
    },
  }),
} satisfies Record<string, (make: () => unknown) => unknown>;

export type Way = keyof typeof WAYS;
export const ALL_WAYS = Object.keys(WAYS) as Way[];

/** A failure that a client asks for. */
export interface Fault {
  readonly at: string;
  readonly kind: string;
  readonly way: Way;
}

/** The value to throw, as it is thrown. */
export function made(kind: string): unknown {
  return ALL[kind]!();
}

/** Fails as asked, where this is the place for it. */
export function failAt(at: string, fault: Fault | undefined, otherwise?: unknown): any {
  if (fault?.at !== at) return otherwise;
  return WAYS[fault.way](() => made(fault.kind));
}

/** Whether clients see what this is. */
export function visibility(kind: string): 'hidden' | 'either' | 'seen' {
  return kind in SEEN ? 'seen' : kind in EITHER ? 'either' : 'hidden';
}
