import { DeclarationError, type DeclarationProblem } from '../errors';

/** Collects what is wrong with a class, so that all of it is reported at once. */
export class Problems {
  private readonly found: DeclarationProblem[] = [];

  constructor(private readonly className: string) {}

  /**
   * @param member the method or property; undefined where the class itself is wrong
   * @param what what is wrong, and what to write instead
   */
  add(member: string | undefined, what: string): void {
    this.found.push({ where: member === undefined ? this.className : `${this.className}.${member}`, what });
  }

  /** @throws DeclarationError if anything was found */
  throwIfAny(): void {
    if (this.found.length > 0) throw new DeclarationError(this.className, this.found);
  }
}
