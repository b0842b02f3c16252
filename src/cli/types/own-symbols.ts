import { dirname, join } from 'node:path';
import ts from 'typescript';

const PACKAGE = 'moleculer-socket-gateway';

/** Recognizes what this package exports, under whatever name and through whatever files a program imports it. */
export class OwnSymbols {
  private readonly folders = new Map<string, boolean>();

  constructor(private readonly checker: ts.TypeChecker) {}

  /**
   * Returns the name of a decorator of this package.
   *
   * @returns undefined if the decorator is of another origin, or has no parentheses
   */
  nameOfDecorator(decorator: ts.Decorator): string | undefined {
    const { expression } = decorator;
    return ts.isCallExpression(expression) ? this.nameOf(expression.expression) : undefined;
  }

  /** Returns the name under which this package declares what an expression stands for. */
  nameOf(expression: ts.Expression): string | undefined {
    const symbol = this.resolve(expression);
    return symbol && this.isOwn(symbol) ? symbol.name : undefined;
  }

  /** Returns what an expression stands for: behind imports, exports and constants that only rename it. */
  resolve(expression: ts.Expression, steps = 0): ts.Symbol | undefined {
    const node = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    let symbol = this.checker.getSymbolAtLocation(node);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
    const declaration = symbol?.valueDeclaration;
    if (
      declaration &&
      ts.isVariableDeclaration(declaration) &&
      declaration.initializer &&
      steps < MAX_STEPS
    ) {
      const { initializer } = declaration;
      if (ts.isIdentifier(initializer) || ts.isPropertyAccessExpression(initializer))
        return this.resolve(initializer, steps + 1);
    }
    return symbol;
  }

  /** Returns true for a node in a file of this package. */
  isOwnNode(node: ts.Node): boolean {
    return this.isOwnFolder(dirname(node.getSourceFile().fileName));
  }

  private isOwn(symbol: ts.Symbol): boolean {
    return (symbol.declarations ?? []).some((declaration) => this.isOwnNode(declaration));
  }

  /** Looks at the nearest package.json that has a name. */
  private isOwnFolder(folder: string): boolean {
    let isOwn = this.folders.get(folder);
    if (isOwn === undefined) {
      const name = nameOfPackage(join(folder, 'package.json'));
      const parent = dirname(folder);
      isOwn = name === undefined && parent !== folder ? this.isOwnFolder(parent) : name === PACKAGE;
      this.folders.set(folder, isOwn);
    }
    return isOwn;
  }
}

/** Constants that rename constants: more than a program has that a person wrote. */
const MAX_STEPS = 20;

function nameOfPackage(file: string): string | undefined {
  const text = ts.sys.readFile(file);
  if (text === undefined) return undefined;
  const { name } = (ts.parseConfigFileTextToJson(file, text).config ?? {}) as { name?: unknown };
  return typeof name === 'string' ? name : undefined;
}
