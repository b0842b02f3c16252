import ts from 'typescript';
import { nameOf } from '../constants';
import type { Reading } from './reading';

/** A decorator of this package, and how it is applied. */
export interface AppliedDecorator {
  /** The name under which this package declares it. */
  readonly name: string;
  readonly arguments: readonly ts.Expression[];
  readonly node: ts.Decorator;
}

/** A member of a class that has decorators of this package, its own or inherited ones. */
export interface DecoratedMember {
  readonly name: string;
  /** The declaration that says what the member is. */
  readonly declaration: ts.ClassElement;
  /** Those that say what the member is, in the order in which they are written. */
  readonly roles: readonly AppliedDecorator[];
  /** The declaration whose parameters have the decorators. */
  readonly parametersOf: ts.ClassElement;
  /** The declaration that a class has in the end. */
  readonly newest: ts.ClassElement;
  /** The type of the member in the class, type parameters of ancestors filled in. */
  readonly type: ts.Type;
}

/** Decorators of members that do not say what the member is. */
const NO_ROLES = new Set(['Authorize', 'AllowAnonymous', 'RateLimit']);

/** Returns the decorators of this package, in the order in which they are written. */
export function decoratorsOf(reading: Reading, node: ts.Node): AppliedDecorator[] {
  const decorators = ts.canHaveDecorators(node) ? (ts.getDecorators(node) ?? []) : [];
  return decorators.flatMap((decorator) => {
    const name = reading.own.nameOfDecorator(decorator);
    const call = decorator.expression as ts.CallExpression;
    return name === undefined ? [] : { name, arguments: call.arguments, node: decorator };
  });
}

/**
 * Returns the members of a class that have decorators. An override replaces what it overrides kind by kind, as it does when
 * the gateway is compiled: what the member is, and its parameters.
 */
export function decoratedMembers(
  reading: Reading,
  type: ts.Type,
  chain: readonly ts.ClassLikeDeclaration[],
): DecoratedMember[] {
  // From the oldest ancestor: its events come first.
  const names = new Set(
    [...chain].reverse().flatMap(({ members }) => members.flatMap((one) => memberName(one) ?? [])),
  );
  return [...names].flatMap((name) => {
    const declarations = chain.flatMap((one) => declarationOf(one, name) ?? []);
    const rolesOf = (one: ts.ClassElement): AppliedDecorator[] =>
      decoratorsOf(reading, one).filter((decorator) => !NO_ROLES.has(decorator.name));
    const declaration = declarations.find((one) => rolesOf(one).length > 0);
    const [newest] = declarations;
    const symbol = reading.checker.getPropertyOfType(type, name);
    if (!declaration || !newest || !symbol) return [];
    const parametersOf =
      declarations.find((one) => rolesOf(one).length > 0 || hasDecoratedParameters(reading, one)) ??
      declaration;
    return {
      name,
      declaration,
      roles: rolesOf(declaration),
      parametersOf,
      newest,
      type: reading.checker.getTypeOfSymbol(symbol),
    };
  });
}

function memberName(member: ts.ClassElement): string | undefined {
  const isStatic = (ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Static) !== 0;
  return member.name && !isStatic ? nameOf(member.name) : undefined;
}

/** Returns the declaration with the body; among overloads, it has the decorators. */
function declarationOf(type: ts.ClassLikeDeclaration, name: string): ts.ClassElement | undefined {
  const declarations = type.members.filter((member) => memberName(member) === name);
  return declarations.find((one) => ts.isMethodDeclaration(one) && one.body !== undefined) ?? declarations[0];
}

function hasDecoratedParameters(reading: Reading, member: ts.ClassElement): boolean {
  return (
    ts.isMethodDeclaration(member) &&
    member.parameters.some((parameter) => decoratorsOf(reading, parameter).length > 0)
  );
}
