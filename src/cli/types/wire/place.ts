import type ts from 'typescript';

/** A part of a value that goes over the wire, and how to say that it cannot. */
export class Place {
  /**
   * @param value what the value is, as the subject of a sentence: `its result`
   * @param path from the value to the part: `.items[].price`
   * @param declared where the part is declared
   */
  constructor(
    private readonly report: (what: string) => void,
    private readonly value: string,
    private readonly shownPlace: (node: ts.Node) => string,
    private readonly path = '',
    private readonly declared?: ts.Node,
  ) {}

  /** Returns the place of a part. */
  at(step: string, declared: ts.Node | undefined = this.declared): Place {
    return new Place(this.report, this.value, this.shownPlace, this.path + step, declared);
  }

  /** @param what the rest of the sentence: `is a Map, which …; …` */
  refuse(what: string): void {
    const part =
      this.path === ''
        ? this.value
        : `in ${this.value}, '${this.path.replace(/^\./, '')}'${this.whereDeclared()}`;
    this.report(`${part} ${what}`);
  }

  private whereDeclared(): string {
    return this.declared ? ` (${this.shownPlace(this.declared)})` : '';
  }
}
