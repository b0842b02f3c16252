import ts from 'typescript';
import { docOf } from '../wire/doc-comments';
import type { Place } from '../wire/place';
import type { DecoratedMember } from './class-chain';
import type { SentDescription } from './description';
import { EventOptions } from './event-options';
import { describePayload, printPayload } from './payload-types';
import type { Reading } from './reading';
import { nameOf } from '../constants';

/** A gateway whose sent events are read. */
export interface SendingClass {
  readonly className: string;
  readonly node: ts.ClassLikeDeclaration;
  readonly type: ts.Type;
  readonly members: readonly DecoratedMember[];
  /** The option `sends` of `@SocketNamespace`. */
  readonly sends: ts.Expression | undefined;
}

/**
 * Reads the events that clients receive: those of `SocketGateway<ToClient>`, then what only `sends` and `@ForwardEvent` name.
 *
 * @returns undefined if the gateway does not say what it sends
 */
export function readSent(reading: Reading, gateway: SendingClass): SentDescription[] | undefined {
  const declared = typeOfSent(reading.checker, gateway.type);
  const all = [
    ...(declared ? readDeclared(reading, gateway, declared) : []),
    ...readSends(reading, gateway),
    ...gateway.members.flatMap((member) => readForwards(reading, gateway.className, member)),
  ];
  const events = new Map<string, SentDescription>();
  for (const event of all) if (!events.has(event.name)) events.set(event.name, event);
  return declared || events.size > 0 ? [...events.values()] : undefined;
}

/** Returns the type argument `ToClient`, as `this.io` has it; undefined for the default, which allows everything. */
function typeOfSent(checker: ts.TypeChecker, gateway: ts.Type): ts.Type | undefined {
  const io = checker.getPropertyOfType(gateway, 'io');
  const server = io && checker.getTypeOfSymbol(io);
  if (!server || !(server.flags & ts.TypeFlags.Object)) return undefined;
  if (!((server as ts.ObjectType).objectFlags & ts.ObjectFlags.Reference)) return undefined;
  const [, sent] = checker.getTypeArguments(server as ts.TypeReference);
  return sent && checker.getPropertiesOfType(sent).length > 0 ? sent : undefined;
}

function readDeclared(reading: Reading, gateway: SendingClass, sent: ts.Type): SentDescription[] {
  const { checker } = reading;
  return checker.getPropertiesOfType(sent).flatMap((event) => {
    const listener = checker.getNonNullableType(checker.getTypeOfSymbol(event));
    const signature = listener.getCallSignatures().at(-1);
    if (!signature) return [];
    const place = reading.placeOf(
      gateway.node.name ?? gateway.node,
      gateway.className,
      `its event '${event.name}' to clients`,
    );
    return {
      name: event.name,
      doc: docOf(event.declarations),
      parameters: printParameters(reading, signature, place),
    };
  });
}

/** Prints the parameters of a function that is called over the wire. */
function printParameters(reading: Reading, signature: ts.Signature, place: Place): string {
  const { checker, wire } = reading;
  return signature.parameters
    .map((parameter, at) => {
      const declaration = parameter.valueDeclaration;
      const type = checker.getTypeOfSymbol(parameter);
      const inner = place.at(`(${parameter.name})`, declaration);
      const ack = at === signature.parameters.length - 1 ? ackOf(checker, type) : undefined;
      const isDeclared = declaration && ts.isParameter(declaration);
      const mark = isDeclared && (declaration.questionToken ?? declaration.initializer) ? '?' : '';
      if (ack) return `${parameter.name}${mark}: (${printParameters(reading, ack, inner)}) => void`;
      if (isDeclared && declaration.dotDotDotToken)
        return `...${parameter.name}: ${wire.print(type, inner).text}`;
      const { text } = mark
        ? (wire.printPresent(type, inner).printed ?? { text: 'null' })
        : wire.print(type, inner);
      return `${parameter.name}${mark}: ${text}`;
    })
    .join(', ');
}

/** Returns the signature of a last parameter that the client calls to answer. */
function ackOf(checker: ts.TypeChecker, type: ts.Type): ts.Signature | undefined {
  return checker.getNonNullableType(type).getCallSignatures().at(-1);
}

function readSends(reading: Reading, { className, node, sends }: SendingClass): SentDescription[] {
  const object = sends && reading.constants.definitionOf(sends);
  if (!object || !ts.isObjectLiteralExpression(object)) return [];
  return object.properties.flatMap((property) => {
    const name = property.name && nameOf(property.name);
    const value = name === undefined ? undefined : reading.constants.propertyOf(object, name);
    const list = value && reading.constants.definitionOf(value);
    if (name === undefined || !list || !ts.isArrayLiteralExpression(list)) return [];
    const place = reading.placeOf(node.name ?? node, className, `its event '${name}' to clients`);
    const parameters = list.elements.map((element, at) => {
      const described = describePayload(reading, element, 'output');
      const label = list.elements.length === 1 ? 'payload' : `argument${at + 1}`;
      return `${label}: ${described ? printPayload(reading.wire, described, place.at(`[${at}]`)).text : 'unknown'}`;
    });
    return { name, doc: docOf([property]), parameters: parameters.join(', ') };
  });
}

/** Reads `@ForwardEvent`, where the names under which clients get the event are known. */
function readForwards(reading: Reading, className: string, member: DecoratedMember): SentDescription[] {
  return member.roles.flatMap((decorator) => {
    if (decorator.name !== 'ForwardEvent') return [];
    const names = namesOfForward(reading, decorator.arguments);
    const result = resultOf(reading.checker, member.type);
    if (names.length === 0 || !result) return [];
    const place = reading.placeOf(
      member.newest.name ?? member.newest,
      `${className}.${member.name}`,
      'what it sends',
    );
    const payload = new EventOptions(reading, [decorator]).expression('payload');
    // Properties that the class or the schema leaves out are not sent.
    const described = payload && describePayload(reading, payload, 'output');
    const printed = described
      ? printPayload(reading.wire, described, place)
      : reading.wire.printPresent(result, place).printed;
    // A method that returns nothing sends nothing.
    if (!printed) return [];
    const doc = docOf([member.newest, member.declaration]);
    return names.map((name) => ({ name, doc, parameters: `payload: ${printed.text}` }));
  });
}

function resultOf(checker: ts.TypeChecker, method: ts.Type): ts.Type | undefined {
  const signature = method.getCallSignatures().at(-1);
  const returned = signature && checker.getReturnTypeOfSignature(signature);
  return returned && (checker.getAwaitedType(returned) ?? returned);
}

function namesOfForward({ constants }: Reading, [event, options]: readonly ts.Expression[]): string[] {
  const as = constants.propertyOf(options, 'as');
  const known = as ? constants.valueOf(as) : event && constants.valueOf(event);
  return (known ? [known.value].flat() : []).filter(
    (name): name is string => typeof name === 'string' && (as !== undefined || !/[*?]/.test(name)),
  );
}
