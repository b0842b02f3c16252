import ts from 'typescript';

/** A value that is known without running the program. */
export type Constant = string | number | boolean | null | undefined | readonly Constant[];

/** The result of {@link Constants.valueOf}. */
export interface Known {
  readonly value: Constant;
}

/** Constants that name constants: more than a program has that a person wrote. */
const MAX_STEPS = 50;

/** Reads values of expressions that do not depend on anything that happens when the program runs. */
export class Constants {
  constructor(private readonly checker: ts.TypeChecker) {}

  /**
   * Returns the value of an expression: a literal, a template, an array, or a constant, enum member or readonly property
   * that holds one.
   *
   * @returns undefined if the value depends on the run
   */
  valueOf(expression: ts.Expression, steps = 0): Known | undefined {
    if (steps > MAX_STEPS) return undefined;
    const node = unwrap(expression);
    if (ts.isArrayLiteralExpression(node)) return this.valueOfArray(node, steps);
    if (ts.isTemplateExpression(node)) return this.valueOfTemplate(node, steps);
    if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
      const [left, right] = [this.valueOf(node.left, steps + 1), this.valueOf(node.right, steps + 1)];
      if (typeof left?.value !== 'string' || typeof right?.value !== 'string') return undefined;
      return { value: left.value + right.value };
    }
    return (
      valueOfType(this.checker, this.checker.getTypeAtLocation(node)) ?? this.valueOfConstant(node, steps)
    );
  }

  /**
   * Returns the expression of a property of an object, written in place or held by a constant.
   *
   * @returns undefined if the object has no such property, or is not known
   */
  propertyOf(object: ts.Expression | undefined, name: string, steps = 0): ts.Expression | undefined {
    const node = object && this.definitionOf(object, steps);
    if (!node || !ts.isObjectLiteralExpression(node)) return undefined;
    for (const property of [...node.properties].reverse()) {
      if (ts.isSpreadAssignment(property)) {
        const spread = this.propertyOf(property.expression, name, steps + 1);
        if (spread) return spread;
      } else if (property.name && nameOf(property.name) === name) {
        if (ts.isPropertyAssignment(property)) return property.initializer;
        if (ts.isShorthandPropertyAssignment(property)) return property.name;
      }
    }
    return undefined;
  }

  /** Follows constants to the expression that they hold. */
  definitionOf(expression: ts.Expression, steps = 0): ts.Expression | undefined {
    if (steps > MAX_STEPS) return undefined;
    const node = unwrap(expression);
    if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return node;
    const held = this.heldBy(node);
    return held && this.definitionOf(held, steps + 1);
  }

  private valueOfArray(node: ts.ArrayLiteralExpression, steps: number): Known | undefined {
    const values: Constant[] = [];
    for (const element of node.elements) {
      const known = this.valueOf(ts.isSpreadElement(element) ? element.expression : element, steps + 1);
      if (!known) return undefined;
      if (ts.isSpreadElement(element)) {
        if (!Array.isArray(known.value)) return undefined;
        values.push(...(known.value as readonly Constant[]));
      } else values.push(known.value);
    }
    return { value: values };
  }

  private valueOfTemplate(node: ts.TemplateExpression, steps: number): Known | undefined {
    let text = node.head.text;
    for (const { expression, literal } of node.templateSpans) {
      const known = this.valueOf(expression, steps + 1);
      if (typeof known?.value !== 'string' && typeof known?.value !== 'number') return undefined;
      text += String(known.value) + literal.text;
    }
    return { value: text };
  }

  private valueOfConstant(node: ts.Expression, steps: number): Known | undefined {
    if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return undefined;
    const held = this.heldBy(node);
    return held && this.valueOf(held, steps + 1);
  }

  /** Returns the initializer of what nothing can change: a `const`, a readonly property, a property of an object in a `const`. */
  private heldBy(node: ts.Identifier | ts.PropertyAccessExpression): ts.Expression | undefined {
    let symbol = this.checker.getSymbolAtLocation(ts.isIdentifier(node) ? node : node.name);
    if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = this.checker.getAliasedSymbol(symbol);
    const declaration = symbol?.valueDeclaration;
    if (!declaration) return undefined;
    if (ts.isShorthandPropertyAssignment(declaration)) {
      const value = this.checker.getShorthandAssignmentValueSymbol(declaration)?.valueDeclaration;
      return value && ts.isVariableDeclaration(value) && isConst(value) ? value.initializer : undefined;
    }
    const isFixed =
      (ts.isVariableDeclaration(declaration) && isConst(declaration)) ||
      ts.isPropertyAssignment(declaration) ||
      (ts.isPropertyDeclaration(declaration) &&
        (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Readonly) !== 0);
    return isFixed ? declaration.initializer : undefined;
  }
}

/** Returns the value of a type that has only one. */
function valueOfType(checker: ts.TypeChecker, type: ts.Type): Known | undefined {
  if (type.isStringLiteral() || type.isNumberLiteral()) return { value: type.value };
  if (type.flags & ts.TypeFlags.BooleanLiteral) return { value: checker.typeToString(type) === 'true' };
  if (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) return { value: undefined };
  if (type.flags & ts.TypeFlags.Null) return { value: null };
  if (!checker.isTupleType(type)) return undefined;
  const elements = checker.getTypeArguments(type as ts.TypeReference).map((one) => valueOfType(checker, one));
  return elements.every((one) => one !== undefined)
    ? { value: elements.map(({ value }) => value) }
    : undefined;
}

function isConst(declaration: ts.VariableDeclaration): boolean {
  return (ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const) !== 0;
}

/** Takes away parentheses, and what only says a type. */
export function unwrap(expression: ts.Expression): ts.Expression {
  let node = expression;
  while (
    ts.isParenthesizedExpression(node) ||
    ts.isAsExpression(node) ||
    ts.isSatisfiesExpression(node) ||
    ts.isTypeAssertionExpression(node) ||
    ts.isNonNullExpression(node)
  )
    node = node.expression;
  return node;
}

/** Returns the name of a property as it is at run time; undefined for a computed one. */
export function nameOf(name: ts.PropertyName): string | undefined {
  if (ts.isIdentifier(name) || ts.isStringLiteralLike(name) || ts.isNumericLiteral(name)) return name.text;
  return ts.isComputedPropertyName(name) && ts.isStringLiteralLike(name.expression)
    ? name.expression.text
    : undefined;
}
