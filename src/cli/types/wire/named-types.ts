/** A type that is declared once in the file, under a name of its own. */
interface Declared {
  readonly name: string;
  /** Undefined while its members are printed: they may refer to it. */
  text: string | undefined;
}

/** The names that the file gives to types. Each type has one, and no two types have the same. */
export class NamedTypes {
  private readonly declared = new Map<string, Declared>();
  private readonly taken: Set<string>;

  /** @param reserved names that are not for types of the application */
  constructor(reserved: Iterable<string>) {
    this.taken = new Set(reserved);
  }

  /** Takes a name, or, if it is taken, the name with the first number that is free. */
  take(wanted: string): string {
    const base = wanted.replaceAll(/[^\p{ID_Continue}$]/gu, '').replace(/^\d+/, '') || 'Unnamed';
    let name = base;
    for (let number = 2; this.taken.has(name); number++) name = `${base}${number}`;
    this.taken.add(name);
    return name;
  }

  /** Returns the name of a type that has one. */
  find(key: string): string | undefined {
    return this.declared.get(key)?.name;
  }

  /**
   * Gives a type a name before its declaration is written: its members may refer to it.
   *
   * @param key the same for the same type, in whatever program it is
   */
  reserve(key: string, wanted: string): string {
    const name = this.take(wanted);
    this.declared.set(key, { name, text: undefined });
    return name;
  }

  /** Sets the declaration of a type that has a name. */
  declare(key: string, text: string): void {
    const declared = this.declared.get(key);
    if (declared) declared.text = text;
  }

  /** Returns the number of types that have a name so far. */
  get size(): number {
    return this.declared.size;
  }

  /** Returns the declarations, in the order in which the types were met. */
  get declarations(): string[] {
    return [...this.declared.values()].flatMap(({ text }) => text ?? []);
  }
}

/** Names that mean something else in the file, or to TypeScript. */
export const RESERVED_NAMES: readonly string[] = [
  'WireError',
  'AckOf',
  'ArrayBuffer',
  'Buffer',
  'any',
  'bigint',
  'boolean',
  'never',
  'null',
  'number',
  'object',
  'string',
  'symbol',
  'undefined',
  'unknown',
  'void',
];
