import ts from 'typescript';
import { docOf } from './doc-comments';
import type { Place } from './place';
import { propertyName, type Printed } from './printed';

/** The context in which the members of an object are printed. */
export interface MemberPrinter {
  print(type: ts.Type, place: Place): Printed;
  printPresent(type: ts.Type, place: Place): { printed: Printed | undefined; mayBeAbsent: boolean };
}

/** Prints the members of objects that JSON carries: not the methods and accessors of classes, nor what they keep private. */
export class ObjectMembers {
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly printer: MemberPrinter,
  ) {}

  of(type: ts.Type, place: Place): string[] {
    const properties = this.checker.getPropertiesOfType(type).filter(isData);
    // The properties of a mapped type come in an order that varies from run to run.
    if (properties.every(({ declarations = [] }) => declarations.length === 0))
      properties.sort((one, other) => (one.name < other.name ? -1 : 1));
    return [
      ...this.checker.getIndexInfosOfType(type).flatMap((index) => this.printIndex(index, place)),
      ...properties.map((property) => this.printProperty(property, place)),
    ];
  }

  private printProperty(property: ts.Symbol, place: Place): string {
    const [declaration] = property.declarations ?? [];
    const type = this.checker.getTypeOfSymbol(property);
    const { printed, mayBeAbsent } = this.printer.printPresent(
      type,
      place.at(`.${property.name}`, declaration),
    );
    const isOptional =
      mayBeAbsent ||
      (property.flags & ts.SymbolFlags.Optional) !== 0 ||
      (declaration && isLeftOut(declaration));
    const name = `${propertyName(property.name)}${isOptional ? '?' : ''}`;
    return `${docOf(property.declarations)}${name}: ${printed?.text ?? 'undefined'}`;
  }

  private printIndex({ keyType, type }: ts.IndexInfo, place: Place): string[] {
    if (keyType.flags & ts.TypeFlags.ESSymbol) return [];
    const { printed, mayBeAbsent } = this.printer.printPresent(type, place.at('[]'));
    const text = printed?.text ?? 'undefined';
    const key = this.checker.typeToString(keyType);
    return [`[key: ${key}]: ${text}${mayBeAbsent && printed ? ' | undefined' : ''}`];
  }
}

function isData(property: ts.Symbol): boolean {
  // Symbols, and names with a number sign.
  if (property.name.startsWith('__@') || property.name.startsWith('__#')) return false;
  return !(property.declarations ?? []).some(
    (declaration) =>
      (ts.getCombinedModifierFlags(declaration) & HIDDEN) !== 0 ||
      (ts.isClassLike(declaration.parent) && isOnPrototype(declaration)),
  );
}

/** A property with `@IsOptional()` of class-validator may have a default, and a type without `undefined`. */
function isLeftOut(declaration: ts.Declaration): boolean {
  const decorators = ts.canHaveDecorators(declaration) ? (ts.getDecorators(declaration) ?? []) : [];
  return decorators.some(
    ({ expression }) =>
      ts.isCallExpression(expression) && /(^|\.)IsOptional$/.test(expression.expression.getText()),
  );
}

const HIDDEN = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;

function isOnPrototype(declaration: ts.Declaration): boolean {
  return (
    ts.isMethodDeclaration(declaration) ||
    ts.isGetAccessor(declaration) ||
    ts.isSetAccessor(declaration) ||
    ts.isAutoAccessorPropertyDeclaration(declaration)
  );
}
