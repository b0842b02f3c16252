import ts from 'typescript';
import { classDeclarations } from '../class-declarations';
import { docComment, docOf, linesOfDoc } from '../wire/doc-comments';
import { namedAfterFile } from '../wire/type-identity';
import { decoratedMembers, decoratorsOf, type AppliedDecorator } from './class-chain';
import { checkAncestors } from './check-ancestors';
import type { GatewayDescription } from './description';
import { readAuth } from './read-auth';
import { readEvents } from './read-events';
import { PRESENCE_EVENT, readPresence } from './read-presence';
import { readSent } from './read-sent';
import type { Reading } from './reading';

/** A class under `@SocketNamespace`. */
export interface GatewayClass {
  readonly reading: Reading;
  readonly node: ts.ClassLikeDeclaration;
  readonly namespace: AppliedDecorator;
}

/** Returns the gateways of a file, in the order of the file. */
export function findGateways(reading: Reading, file: ts.SourceFile): GatewayClass[] {
  const found: GatewayClass[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isClassLike(node)) {
      const namespace = decoratorsOf(reading, node).find(({ name }) => name === 'SocketNamespace');
      if (namespace) found.push({ reading, node, namespace });
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** Returns the name that the interface of a gateway shall have: `Chat` for `ChatGateway`. */
export function wantedName({ node }: GatewayClass): string {
  const name = node.name?.text ?? namedAfterFile(node.getSourceFile().fileName);
  return /^(.+)Gateway$/.exec(name)?.[1] ?? name;
}

/** @param name the name of the interface */
export function readGateway({ reading, node, namespace }: GatewayClass, name: string): GatewayDescription {
  const { checker, constants } = reading;
  const className = node.name?.text ?? 'A class without a name';
  const type = checker.getTypeAtLocation(node.name ?? node);
  const chain = classDeclarations(checker, type);
  checkAncestors(reading, chain, className);
  const members = decoratedMembers(reading, type, chain);
  const options = namespace.arguments[1];
  const events = readEvents(reading, members, className);
  const sent = readSent(reading, {
    className,
    node,
    type,
    members,
    sends: constants.propertyOf(options, 'sends'),
  });
  const presence = constants.propertyOf(options, 'presence');
  const isDeclared = sent?.some((event) => event.name === PRESENCE_EVENT);
  return {
    name,
    doc: docOfGateway(reading, node, namespace),
    ack: readAck(reading, namespace, className),
    events,
    sent,
    presence: isDeclared ? undefined : readPresence(reading, { name, className, node, type, presence }),
    auth: readAuth(reading, chain, className),
  };
}

function readAck(
  { constants, run }: Reading,
  { arguments: [, options] }: AppliedDecorator,
  className: string,
): GatewayDescription['ack'] {
  const expression = constants.propertyOf(options, 'ack');
  if (!expression) return 'error-first';
  const value = constants.valueOf(expression)?.value;
  if (value === 'object' || value === 'error-first') return value;
  run.problems.add(
    expression,
    className,
    "ack is not known before the program runs; write 'error-first' or 'object'",
  );
  return 'error-first';
}

/** Returns the paths of namespaces as they are written. */
function pathsOf(reading: Reading, path: ts.Expression | undefined): string[] {
  const { constants } = reading;
  const node = path && constants.definitionOf(path);
  if (!node) return path ? [] : ['/'];
  if (ts.isArrayLiteralExpression(node)) return node.elements.flatMap((element) => pathsOf(reading, element));
  const value = ts.isRegularExpressionLiteral(node) ? node.text : constants.valueOf(node)?.value;
  return [value].flat().filter((one) => typeof one === 'string');
}

function docOfGateway(
  reading: Reading,
  node: ts.ClassLikeDeclaration,
  { arguments: [path] }: AppliedDecorator,
): string {
  const paths = pathsOf(reading, path);
  const lines = linesOfDoc(docOf([node]));
  const namespaces = paths.map((one) => `\`${one}\``).join(', ');
  if (namespaces === '') return docComment(lines);
  const line = `Namespace${paths.length > 1 ? 's' : ''}: ${namespaces}.`;
  return docComment(lines.length > 0 ? [...lines, '', line] : [line]);
}
