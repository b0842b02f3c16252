import ts from 'typescript';
import { unwrap } from '../constants';
import { inBraces, propertyName } from '../wire/printed';
import { typeOfSchema } from './payload-types';
import type { Reading } from './reading';

/** The type of the `auth` of a handshake, as far as it was found. */
interface Found {
  /** Types of the whole object. */
  readonly whole: Set<ts.Type>;
  /** Properties that are read, and the types that they are taken for. */
  readonly properties: Map<string, ts.Type | undefined>;
  /** The object is handed to something that may read any property. */
  isOpen: boolean;
}

/**
 * Reads the type of `auth` from what a gateway reads of `socket.handshake.auth`: the type that it is taken for, else the
 * properties that are read.
 */
export function readAuth(
  reading: Reading,
  chain: readonly ts.ClassLikeDeclaration[],
  subject: string,
): string {
  const found: Found = { whole: new Set(), properties: new Map(), isOpen: false };
  const search = new AuthSearch(reading, found);
  const [newest] = chain;
  for (const declaration of [...chain].reverse())
    if (declaration.name?.text !== 'SocketGateway' || !reading.own.isOwnNode(declaration))
      search.in(declaration);
  if (!newest) return 'object';
  const place = reading.placeOf(newest.name ?? newest, subject, 'its auth');
  if (found.whole.size > 0)
    return [...found.whole].map((type) => reading.wire.print(type, place).text).join(' & ');
  if (found.isOpen || found.properties.size === 0) return 'object';
  return inBraces(
    [...found.properties].map(([name, type]) => {
      const printed = type && reading.wire.printPresent(type, place.at(`.${name}`)).printed;
      return `${propertyName(name)}?: ${printed?.text ?? 'unknown'}`;
    }),
  );
}

/** Searches code for `handshake.auth`, and follows it through constants and calls of functions. */
class AuthSearch {
  private readonly visited = new Set<ts.Node>();

  constructor(
    private readonly reading: Reading,
    private readonly found: Found,
  ) {}

  in(node: ts.Node): void {
    if (this.visited.has(node)) return;
    this.visited.add(node);
    const visit = (child: ts.Node): void => {
      if (isAuthAccess(child) && this.isOfHandshake(child.expression)) this.use(child);
      else if (ts.isBindingElement(child)) this.bound(child);
      else if (ts.isCallExpression(child)) this.follow(child);
      ts.forEachChild(child, visit);
    };
    ts.forEachChild(node, visit);
  }

  /** Looks at what is done with an expression that is the whole `auth`. */
  private use(expression: ts.Expression): void {
    let node: ts.Node = expression;
    while (ts.isParenthesizedExpression(node.parent) || ts.isNonNullExpression(node.parent))
      node = node.parent;
    const { parent } = node;
    if (ts.isAsExpression(parent) || ts.isTypeAssertionExpression(parent)) {
      const type = this.reading.checker.getTypeFromTypeNode(parent.type);
      if (!isVague(type)) this.found.whole.add(type);
      else this.use(parent);
    } else if (ts.isPropertyAccessExpression(parent)) this.read(parent.name.text, parent);
    else if (ts.isElementAccessExpression(parent) && parent.expression === node) {
      const name = this.reading.constants.valueOf(parent.argumentExpression)?.value;
      if (typeof name === 'string') this.read(name, parent);
      else this.found.isOpen = true;
    } else if (ts.isVariableDeclaration(parent) && parent.initializer === node) this.held(parent);
    else if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InKeyword) {
      const name = this.reading.constants.valueOf(parent.left)?.value;
      if (typeof name === 'string') this.read(name, undefined);
    } else this.handedOver(node as ts.Expression, parent);
  }

  private held(declaration: ts.VariableDeclaration): void {
    if (declaration.type) this.found.whole.add(this.reading.checker.getTypeFromTypeNode(declaration.type));
    else this.pattern(declaration.name);
  }

  /** Follows a name that holds the `auth`, or a pattern that destructures it. */
  private pattern(name: ts.BindingName): void {
    if (ts.isIdentifier(name)) {
      this.references(name);
      return;
    }
    for (const element of name.elements) {
      if (!ts.isBindingElement(element)) continue;
      const property = element.propertyName ?? element.name;
      if (element.dotDotDotToken) this.found.isOpen = true;
      else if (ts.isIdentifier(property) || ts.isStringLiteralLike(property))
        this.read(property.text, undefined);
    }
  }

  private references(name: ts.Identifier): void {
    const { checker } = this.reading;
    const symbol = checker.getSymbolAtLocation(name);
    const visit = (node: ts.Node): void => {
      if (
        ts.isIdentifier(node) &&
        node !== name &&
        node.text === name.text &&
        checker.getSymbolAtLocation(node) === symbol
      )
        this.use(node);
      ts.forEachChild(node, visit);
    };
    visit(scopeOf(name));
  }

  /** Follows `{ auth }` of a handshake, and `{ handshake: { auth } }` of a socket. */
  private bound(element: ts.BindingElement): void {
    const property = element.propertyName ?? element.name;
    if (!ts.isIdentifier(property) || property.text !== 'auth') return;
    const type = this.reading.checker.getTypeAtLocation(element.parent);
    if (this.isHandshake(type)) this.pattern(element.name);
  }

  private read(name: string, access: ts.Expression | undefined): void {
    let node: ts.Node | undefined = access;
    while (node && (ts.isParenthesizedExpression(node.parent) || ts.isNonNullExpression(node.parent)))
      node = node.parent;
    const cast = node && ts.isAsExpression(node.parent) ? node.parent : undefined;
    const type = cast && this.reading.checker.getTypeFromTypeNode(cast.type);
    const known = this.found.properties.get(name);
    this.found.properties.set(name, known ?? (type && !isVague(type) ? type : undefined));
  }

  /** Reads the type that is expected of an argument or an element. */
  private handedOver(node: ts.Expression, parent: ts.Node): void {
    const { checker } = this.reading;
    const expected = checker.getContextualType(node);
    if (ts.isCallExpression(parent) && ts.isPropertyAccessExpression(parent.expression)) {
      const schema = typeOfSchema(checker, checker.getTypeAtLocation(parent.expression.expression), 'input');
      if (schema && !isVague(schema)) {
        this.found.whole.add(schema);
        return;
      }
    }
    if (expected && !isVague(expected)) this.found.whole.add(expected);
    else this.found.isOpen = true;
  }

  /** Follows a call of a function that gets the socket or its handshake. */
  private follow(call: ts.CallExpression): void {
    const { checker, own } = this.reading;
    const isGiven = call.arguments.some((argument) => {
      const name = checker.getTypeAtLocation(argument).getSymbol()?.name;
      return name === 'Socket' || name === 'Handshake';
    });
    const symbol = isGiven ? own.resolve(call.expression) : undefined;
    const declaration = symbol?.valueDeclaration;
    if (!declaration || this.reading.program.isSourceFileFromExternalLibrary(declaration.getSourceFile()))
      return;
    if (ts.isFunctionDeclaration(declaration) || ts.isVariableDeclaration(declaration)) this.in(declaration);
  }

  private isOfHandshake(expression: ts.Expression): boolean {
    return this.isHandshake(this.reading.checker.getTypeAtLocation(unwrap(expression)));
  }

  private isHandshake(type: ts.Type): boolean {
    return this.reading.checker.getNonNullableType(type).getSymbol()?.name === 'Handshake';
  }
}

function isAuthAccess(node: ts.Node): node is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  if (ts.isPropertyAccessExpression(node)) return node.name.text === 'auth';
  return (
    ts.isElementAccessExpression(node) &&
    ts.isStringLiteralLike(node.argumentExpression) &&
    node.argumentExpression.text === 'auth'
  );
}

// `{ [key: string]: any }` of Socket.IO says nothing, nor does a type parameter.
function isVague(type: ts.Type): boolean {
  if (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection | ts.TypeFlags.Union))
    return type.getProperties().length === 0 && !type.isUnion();
  return (type.flags & (ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike | ts.TypeFlags.BooleanLike)) === 0;
}

function scopeOf(node: ts.Node): ts.Node {
  let scope = node;
  while (!ts.isSourceFile(scope) && !ts.isFunctionLike(scope)) scope = scope.parent;
  return scope;
}
