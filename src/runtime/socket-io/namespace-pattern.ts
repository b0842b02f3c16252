import { MAX_NAME_LENGTH } from '../../plan/names';

/** The pattern of a dynamic path as Socket.IO gets it: longer names, and names of literal paths, do not match. */
export class NamespacePattern extends RegExp {
  readonly #literalNames: ReadonlySet<string>;

  /** @param literalNames the names that other gateways of the server have as literal paths; may change */
  constructor(pattern: RegExp, literalNames: ReadonlySet<string>) {
    super(pattern);
    this.#literalNames = literalNames;
  }

  override test(name: string): boolean {
    return name.length <= MAX_NAME_LENGTH && !this.#literalNames.has(name) && super.test(name);
  }
}
