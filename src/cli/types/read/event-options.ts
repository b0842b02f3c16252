import ts from 'typescript';
import { docComment, linesOfDoc } from '../wire/doc-comments';
import type { AppliedDecorator } from './class-chain';
import type { Reading } from './reading';

/** The merged options of all `@SocketEvent` decorators of a member. */
export class EventOptions {
  private readonly objects: readonly ts.Expression[];

  constructor(
    private readonly reading: Reading,
    private readonly decorators: readonly AppliedDecorator[],
  ) {
    this.objects = decorators.flatMap((decorator) => optionsOf(reading, decorator) ?? []);
  }

  /** Returns the expression of an option. */
  expression(name: string): ts.Expression | undefined {
    // The last one holds, as where the gateway is compiled.
    return [...this.objects]
      .reverse()
      .map((object) => this.reading.constants.propertyOf(object, name))
      .find((expression) => expression !== undefined);
  }

  /** Returns true if an option is the constant `true`. */
  isTrue(name: string): boolean {
    const expression = this.expression(name);
    return expression !== undefined && this.reading.constants.valueOf(expression)?.value === true;
  }

  /** Returns a constant text; undefined if there is none. */
  text(name: string): string | undefined {
    const expression = this.expression(name);
    const value = expression && this.reading.constants.valueOf(expression)?.value;
    return typeof value === 'string' ? value : undefined;
  }

  /** Completes a doc comment by the options `description`, if there is none, and `deprecated`, if it does not say so. */
  completeDoc(doc: string): string {
    const lines = doc === '' ? (this.text('description')?.split('\n') ?? []) : linesOfDoc(doc);
    const notice = this.text('deprecated') ?? '';
    const isDeprecated = this.isTrue('deprecated') || notice !== '';
    if (!isDeprecated || lines.some((line) => line.startsWith('@deprecated')))
      return doc === '' ? docComment(lines) : doc;
    return docComment([...lines, `@deprecated ${notice}`.trimEnd()]);
  }

  /**
   * Returns the names of the events.
   *
   * @param member the name of an event that has no other
   */
  names(member: string, subject: string): string[] {
    return this.decorators.flatMap((decorator) => {
      const [first] = decorator.arguments;
      if (!first || first === optionsOf(this.reading, decorator)) return [member];
      const names = this.reading.constants.valueOf(first);
      if (names && names.value === undefined) return [member];
      const list = names ? [names.value].flat() : [undefined];
      const texts = list.filter((one): one is string => typeof one === 'string');
      if (texts.length < list.length) {
        const what = `the name of its event is not known before the program runs; write '${member}', a const or an enum`;
        this.reading.run.problems.add(first, subject, what);
      }
      return texts;
    });
  }
}

/** Returns the expression of the options of a decorator, `('message', options)` or `(options)`. */
function optionsOf({ checker }: Reading, decorator: AppliedDecorator): ts.Expression | undefined {
  const [first, second] = decorator.arguments;
  if (second ?? !first) return second;
  const type = checker.getTypeAtLocation(first);
  const isName = type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.Union | ts.TypeFlags.Undefined);
  return isName || checker.isArrayLikeType(type) ? undefined : first;
}
