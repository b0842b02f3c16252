import ts from 'typescript';
import { docOf } from './doc-comments';
import type { Place } from './place';
import { propertyName, single, type Printed } from './printed';
import type { ReceivedClasses, ReceivedProperty } from './received-classes';

/** The context in which the members of an object are printed. */
export interface MemberPrinter {
  print(type: ts.Type, place: Place): Printed;
  printPresent(type: ts.Type, place: Place): { printed: Printed | undefined; mayBeAbsent: boolean };
}

/** The context in which payloads for class-transformer are printed. */
export interface Receiving {
  readonly classes: ReceivedClasses;
  /** Prints what class-transformer takes as it comes. */
  readonly asSent: MemberPrinter;
}

/** Prints the members of objects that JSON carries: not the methods and accessors of classes, nor what they keep private. */
export class ObjectMembers {
  /** @param receiving undefined for what is sent as it is */
  constructor(
    private readonly checker: ts.TypeChecker,
    private readonly printer: MemberPrinter,
    private readonly receiving: Receiving | undefined,
  ) {}

  of(type: ts.Type, place: Place): string[] {
    const properties = this.checker.getPropertiesOfType(type).filter(isData);
    // The properties of a mapped type come in an order that varies from run to run.
    if (properties.every(({ declarations = [] }) => declarations.length === 0))
      properties.sort((one, other) => (one.name < other.name ? -1 : 1));
    return [
      ...this.checker.getIndexInfosOfType(type).flatMap((index) => this.printIndex(index, place)),
      ...properties.flatMap((property) => this.printProperty(type, property, place)),
    ];
  }

  private printProperty(owner: ts.Type, property: ts.Symbol, place: Place): string[] {
    const received = this.receiving?.classes.propertyOf(owner, property, place);
    if (received?.how === 'ignored') return [];
    const [declaration] = property.declarations ?? [];
    const { printed, mayBeAbsent } = this.printValue(
      property,
      received,
      place.at(`.${property.name}`, declaration),
    );
    const isOptional =
      mayBeAbsent ||
      (property.flags & ts.SymbolFlags.Optional) !== 0 ||
      (declaration && isLeftOut(declaration));
    const name = `${propertyName(received?.key ?? property.name)}${isOptional ? '?' : ''}`;
    return [`${docOf(property.declarations)}${name}: ${printed?.text ?? 'undefined'}`];
  }

  private printValue(
    property: ts.Symbol,
    received: Exclude<ReceivedProperty, { how: 'ignored' }> | undefined,
    place: Place,
  ): ReturnType<MemberPrinter['printPresent']> {
    const type = this.checker.getTypeOfSymbol(property);
    const asSent = this.receiving?.asSent ?? this.printer;
    if (received?.how !== 'transformed')
      return (received?.isConverted ? this.printer : asSent).printPresent(type, place);
    return received.stated
      ? asSent.printPresent(received.stated, place)
      : { printed: single('unknown'), mayBeAbsent: true };
  }

  private printIndex({ keyType, type }: ts.IndexInfo, place: Place): string[] {
    if (keyType.flags & ts.TypeFlags.ESSymbol) return [];
    const { printed, mayBeAbsent } = this.printer.printPresent(type, place.at('[]'));
    const text = printed?.text ?? 'undefined';
    // A brand is not sent.
    const primitive = keyType.isIntersection() ? keyType.types.find(({ flags }) => flags & KEY) : undefined;
    const key = this.checker.typeToString(primitive ?? keyType);
    return [`[key: ${key}]: ${text}${mayBeAbsent && printed ? ' | undefined' : ''}`];
  }
}

const KEY = ts.TypeFlags.String | ts.TypeFlags.Number | ts.TypeFlags.TemplateLiteral;

function isData(property: ts.Symbol): boolean {
  if (property.name.startsWith('__@')) return false;
  return !(property.declarations ?? []).some(
    (declaration) =>
      isPrivateName(declaration) ||
      (ts.getCombinedModifierFlags(declaration) & HIDDEN) !== 0 ||
      (ts.isClassLike(declaration.parent) && isOnPrototype(declaration)),
  );
}

// A property with `@IsOptional()` of class-validator may have a default, and a type without `undefined`.
function isLeftOut(declaration: ts.Declaration): boolean {
  const decorators = ts.canHaveDecorators(declaration) ? (ts.getDecorators(declaration) ?? []) : [];
  return decorators.some(
    ({ expression }) =>
      ts.isCallExpression(expression) && /(^|\.)IsOptional$/.test(expression.expression.getText()),
  );
}

/** Returns true for `#name`, which is not the name of a property of an object. */
function isPrivateName(declaration: ts.Declaration): boolean {
  const name = ts.getNameOfDeclaration(declaration);
  return name !== undefined && ts.isPrivateIdentifier(name);
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
