import ts from 'typescript';
import { decoratorsOf, type AppliedDecorator, type DecoratedMember } from './class-chain';
import type { Argument } from './description';
import type { EventOptions } from './event-options';
import {
  describePayload,
  isBetter,
  isOfSchema,
  printPayload,
  saysLittle,
  type PayloadDescription,
} from './payload-types';
import type { Reading } from './reading';

/** A parameter of a handler. */
interface Parameter {
  readonly node: ts.ParameterDeclaration;
  readonly type: ts.Type;
  readonly decorators: readonly AppliedDecorator[];
}

/** Reads the arguments that an event takes, from the parameters of its handler and from the options of the event. */
export function readArguments(
  reading: Reading,
  member: DecoratedMember,
  options: EventOptions,
  subject: string,
): Argument[] {
  const parameters = parametersOf(reading, member);
  const arguments_ = new Map<number, Argument>();
  for (const parameter of parameters) {
    const body = parameter.decorators.find(({ name }) => name === 'MessageBody');
    if (!body) continue;
    const { index, settings } = readBody(reading, body, subject);
    if (!arguments_.has(index))
      arguments_.set(index, readBodyArgument(reading, parameter, index, settings, options, subject));
  }
  const first =
    arguments_.get(0) ?? readFirst(reading, member, parameters, options, subject, arguments_.size > 0);
  if (first) arguments_.set(0, first);
  return inOrder(arguments_);
}

/** Returns true if a parameter has a decorator of that name. */
export function injects(reading: Reading, member: DecoratedMember, name: string): boolean {
  return parametersOf(reading, member).some(({ decorators }) => decorators.some((one) => one.name === name));
}

function parametersOf(
  reading: Reading,
  { parametersOf: method, newest, type }: DecoratedMember,
): Parameter[] {
  if (!ts.isMethodDeclaration(method)) return [];
  const { checker } = reading;
  const symbols = type.getCallSignatures().at(-1)?.parameters ?? [];
  return method.parameters
    .filter(({ name }) => !ts.isIdentifier(name) || name.text !== 'this')
    .map((node, at) => {
      const symbol = symbols[at];
      const inClass = symbol && checker.getTypeOfSymbol(symbol);
      // An override may leave the types to the method that it overrides.
      const isLost = !inClass || (method !== newest && (inClass.flags & ts.TypeFlags.Any) !== 0);
      const own = isLost ? checker.getTypeAtLocation(node) : inClass;
      return { node, type: own, decorators: decoratorsOf(reading, node) };
    });
}

interface BodySettings {
  readonly type: ts.Expression | undefined;
  readonly optional: boolean;
  readonly unchecked: boolean;
}

/** Reads `@MessageBody(index, options)`. */
function readBody(
  { constants, run }: Reading,
  body: AppliedDecorator,
  subject: string,
): { index: number; settings: BodySettings } {
  const [first, second] = body.arguments;
  const known = first && constants.valueOf(first);
  const isOptions =
    first !== undefined &&
    !known &&
    constants.definitionOf(first)?.kind === ts.SyntaxKind.ObjectLiteralExpression;
  const index = first && !isOptions ? known?.value : 0;
  if (typeof index !== 'number')
    run.problems.add(
      body.node,
      subject,
      '@MessageBody must name an argument by its position; write a number: @MessageBody(1)',
    );
  const object = isOptions ? first : second;
  const isTrue = (name: string): boolean => {
    const expression = constants.propertyOf(object, name);
    return expression !== undefined && constants.valueOf(expression)?.value === true;
  };
  return {
    index: typeof index === 'number' ? index : 0,
    settings: {
      type: constants.propertyOf(object, 'type'),
      optional: isTrue('optional'),
      unchecked: isTrue('unchecked'),
    },
  };
}

function readBodyArgument(
  reading: Reading,
  { node, type }: Parameter,
  index: number,
  settings: BodySettings,
  options: EventOptions,
  subject: string,
): Argument {
  const name = ts.isIdentifier(node.name) ? node.name.text : nameOfArgument(index);
  const explicit = settings.type ?? (index === 0 ? options.expression('payload') : undefined);
  const described = explicit && describePayload(reading, explicit, 'input');
  const place = reading.placeOf(node, subject, `its argument '${name}'`);
  const defined = reading.checker.getNonNullableType(type);
  const declared = reading.wire.withoutUndefined(type);
  // A type that TypeScript has emitted is checked, with a question mark and without one.
  const isChecked = !settings.unchecked && !(index === 0 && options.expression('params'));
  const mayBeAbsent =
    node.initializer !== undefined || node.questionToken !== undefined || declared.hasUndefined;
  const isRead = described ? !isOfSchema(described) : isChecked;
  const wire = isRead ? reading.received : reading.wire;
  if (described && isBetter(reading, described, defined)) {
    const isOptional = settings.optional || takesUndefined(reading, described);
    return { name, type: printPayload(wire, described, place).text, isOptional };
  }
  const { printed } = wire.printPresent(type, place);
  const isOptional =
    settings.optional || (described ? takesUndefined(reading, described) : !isChecked && mayBeAbsent);
  return { name, type: printed?.text ?? 'null', isOptional };
}

function takesUndefined(reading: Reading, described: PayloadDescription): boolean {
  return described.kind === 'schema' && reading.wire.withoutUndefined(described.type).hasUndefined;
}

/** Reads the first argument where no parameter takes it: a handler has it as `ctx.params`. */
function readFirst(
  reading: Reading,
  member: DecoratedMember,
  parameters: readonly Parameter[],
  options: EventOptions,
  subject: string,
  hasOthers: boolean,
): Argument | undefined {
  const payload = options.expression('payload');
  const described = payload && describePayload(reading, payload, 'input');
  const wire = described && !isOfSchema(described) ? reading.received : reading.wire;
  const context = contextOf(parameters);
  const params = context && reading.checker.getPropertyOfType(context.type, 'params');
  const type = params && reading.checker.getTypeOfSymbol(params);
  const name = 'params';
  const place = reading.placeOf(context?.node ?? member.declaration, subject, 'its argument');
  if (described && (!type || isBetter(reading, described, type)))
    return {
      name,
      type: printPayload(wire, described, place).text,
      isOptional: takesUndefined(reading, described),
    };
  if (type && !saysLittle(reading.checker, type))
    return {
      name,
      type: wire.print(type, place).text,
      isOptional: isOmissible(reading.checker, type),
    };
  const isTaken = options.expression('params') !== undefined || (context !== undefined && !hasOthers);
  return isTaken ? { name, type: 'unknown', isOptional: true } : undefined;
}

// Without decorators the context is the only parameter.
function contextOf(parameters: readonly Parameter[]): Parameter | undefined {
  const isPlain = parameters.every(({ decorators }) => decorators.length === 0);
  return isPlain
    ? parameters[0]
    : parameters.find(({ decorators }) => decorators.some(({ name }) => name === 'Ctx'));
}

// `ctx.params` is `{}` where a client sends nothing.
function isOmissible(checker: ts.TypeChecker, type: ts.Type): boolean {
  return (
    (type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection)) !== 0 &&
    !checker.isArrayLikeType(type) &&
    checker.getPropertiesOfType(type).every(({ flags }) => flags & ts.SymbolFlags.Optional)
  );
}

/** Fills gaps, and takes back that an argument can be left out before one that cannot. */
function inOrder(arguments_: ReadonlyMap<number, Argument>): Argument[] {
  const count = Math.max(-1, ...arguments_.keys()) + 1;
  const list = Array.from(
    { length: count },
    (_, at): Argument =>
      arguments_.get(at) ?? { name: nameOfArgument(at), type: 'unknown', isOptional: false },
  );
  const lastRequired = list.map(({ isOptional }) => isOptional).lastIndexOf(false);
  return list.map((argument, at) =>
    argument.isOptional && at < lastRequired
      ? { ...argument, type: `${argument.type} | null | undefined`, isOptional: false }
      : argument,
  );
}

function nameOfArgument(index: number): string {
  return index === 0 ? 'payload' : `argument${index + 1}`;
}
