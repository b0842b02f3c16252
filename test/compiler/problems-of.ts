import { compileGateway, DeclarationError } from '../../src';

/** What the compiler says about a class: a line for every mistake, none where it compiles. */
export function problemsOf(type: Parameters<typeof compileGateway>[0]): string[] {
  try {
    compileGateway(type);
    return [];
  } catch (error) {
    if (!(error instanceof DeclarationError)) throw error;
    return error.problems.map(({ where, what }) => `${where}: ${what}`);
  }
}

/** A decorator that may stand anywhere and be given anything, as in JavaScript. */
export function untyped(decorator: unknown): any {
  return decorator;
}
