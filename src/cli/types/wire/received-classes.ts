import ts from 'typescript';
import { classDeclarations } from '../class-declarations';
import type { Constants } from '../constants';
import type { Place } from './place';

/** Describes how class-transformer reads a property of a payload. */
export type ReceivedProperty =
  /** `isConverted`: `@Type` names its class, whose decorators count, too. */
  | { readonly how: 'taken'; readonly key: string; readonly isConverted: boolean }
  /** A function of the application makes something of it. `stated` is the type that the function says it takes. */
  | { readonly how: 'transformed'; readonly key: string; readonly stated: ts.Type | undefined }
  | { readonly how: 'ignored' };

/** A decorator of class-transformer that counts when a payload is read. */
interface Decorator {
  readonly name: string;
  readonly arguments: readonly ts.Expression[];
}

/** Reads what class-transformer makes of payloads: the decorators of the classes that describe them. */
export class ReceivedClasses {
  /** Whether classes look different in a payload, as far as it is known. */
  private readonly known = new Map<ts.Type, boolean>();

  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly constants: Constants,
  ) {}

  /** Returns true if a payload of the type has other properties than the type, in it or in what is nested in it. */
  differs(type: ts.Type): boolean {
    const known = this.known.get(type);
    if (known !== undefined) return known;
    const differs = this.search(type, new Set());
    this.known.set(type, differs);
    return differs;
  }

  /**
   * Returns how a property of a class is taken from a payload.
   *
   * @returns undefined if the type is no class: its properties are taken as they are
   */
  propertyOf(type: ts.Type, property: ts.Symbol, place?: Place): ReceivedProperty | undefined {
    if (!isClass(type)) return undefined;
    const decorators = this.decoratorsOf(type, property);
    const expose = decorators.find(({ name }) => name === 'Expose');
    const isExcluded = decorators.some(({ name }) => name === 'Exclude');
    if (isExcluded || (!expose && this.takesOnlyExposed(type))) return { how: 'ignored' };
    const key = this.keyOf(property, expose, place);
    const transform = decorators.filter(({ name }) => name === 'Transform').at(-1);
    if (transform) return { how: 'transformed', key, stated: this.statedType(transform) };
    return { how: 'taken', key, isConverted: decorators.some(({ name }) => name === 'Type') };
  }

  private search(type: ts.Type, visited: Set<ts.Type>): boolean {
    if (visited.has(type)) return false;
    visited.add(type);
    if (type.isUnionOrIntersection()) return type.types.some((part) => this.search(part, visited));
    if (this.checker.isArrayLikeType(type))
      return this.checker
        .getTypeArguments(type as ts.TypeReference)
        .some((item) => this.search(item, visited));
    if (!isClass(type)) return false;
    return this.checker.getPropertiesOfType(type).some((property) => {
      const received = this.propertyOf(type, property);
      if (received?.how !== 'taken' || received.key !== property.name) return true;
      return received.isConverted && this.search(this.checker.getTypeOfSymbol(property), visited);
    });
  }

  private keyOf(property: ts.Symbol, expose: Decorator | undefined, place: Place | undefined): string {
    const name = this.constants.propertyOf(expose?.arguments[0], 'name');
    if (!name) return property.name;
    const value = this.constants.valueOf(name)?.value;
    if (typeof value === 'string') return value;
    place
      ?.at(`.${property.name}`, name)
      .refuse('has a name in @Expose that is not known before the program runs; write a text');
    return property.name;
  }

  /** Returns the type that a function says it takes: `@Transform(({ value }: { value: string }) => …)`. */
  private statedType({ arguments: [transform] }: Decorator): ts.Type | undefined {
    const { checker } = this;
    const [signature] = transform ? checker.getTypeAtLocation(transform).getCallSignatures() : [];
    const [parameter] = signature?.parameters ?? [];
    const value = parameter && checker.getPropertyOfType(checker.getTypeOfSymbol(parameter), 'value');
    const type = value && checker.getTypeOfSymbol(value);
    return type && type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown) ? undefined : type;
  }

  /** Returns true for a class under `@Exclude()`. That of an ancestor does not count. */
  private takesOnlyExposed(type: ts.Type): boolean {
    const [declaration] = classDeclarations(this.checker, type);
    const names = declaration ? this.read(declaration).map(({ name }) => name) : [];
    return names.includes('Exclude') && !names.includes('Expose');
  }

  /** Returns the decorators of a property, those of the class before those of its ancestors. */
  private decoratorsOf(type: ts.Type, property: ts.Symbol): Decorator[] {
    const inherited = classDeclarations(this.checker, type).flatMap(({ members }) =>
      members.filter(({ name }) => name && ts.isIdentifier(name) && name.text === property.name),
    );
    return [...new Set([...(property.declarations ?? []), ...inherited])].flatMap((declaration) =>
      this.read(declaration),
    );
  }

  private read(node: ts.Node): Decorator[] {
    const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
    return decorators.flatMap(({ expression }) => {
      if (!ts.isCallExpression(expression)) return [];
      const name = this.nameOf(expression.expression);
      if (name === undefined) return [];
      const options = expression.arguments.at(-1);
      const isForResults = this.constants.propertyOf(options, 'toPlainOnly');
      if (isForResults && this.constants.valueOf(isForResults)?.value === true) return [];
      return [{ name, arguments: expression.arguments }];
    });
  }

  /** Returns the name under which class-transformer declares what an expression stands for. */
  private nameOf(expression: ts.Expression): string | undefined {
    const node = ts.isPropertyAccessExpression(expression) ? expression.name : expression;
    let symbol = this.checker.getSymbolAtLocation(node);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
    const isOfLibrary = (symbol?.declarations ?? []).some((declaration) =>
      /[\\/]class-transformer[\\/]/.test(declaration.getSourceFile().fileName),
    );
    return isOfLibrary ? symbol?.name : undefined;
  }
}

function isClass(type: ts.Type): boolean {
  return ((type.getSymbol()?.flags ?? 0) & ts.SymbolFlags.Class) !== 0;
}
