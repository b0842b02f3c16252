import type {
  Answer,
  Argument,
  EventDescription,
  GatewayDescription,
  SentDescription,
} from './read/description';
import { printStreams } from './print-streams';
import { inLines, propertyName } from './wire/printed';

const HEAD = `// Written by \`npx moleculer-socket-gateway types\`. Change the gateways, not this file.
/* eslint-disable */

`;

const WIRE_ERROR = `/** An error as the gateway sends it. */
export interface WireError {
  name: string;
  message: string;
  /** As in HTTP: 401, 403, 404, 422, 429, 5xx. */
  code: number | string;
  /** What went wrong, for programs: \`EVENT_NOT_FOUND\`. */
  type?: string | null;
  /** More about it: of a 422, the list of what is not valid. */
  data?: unknown;
}
`;

const ERROR_FIRST = `
/** An ack: it is called with an error, or with null and the result. */
type AckOf<Result> = (error: WireError | null, result: Result) => void;
`;

const OBJECT = `
/** An ack of a gateway whose acks are one object. */
type AckObjectOf<Result> = (answer: { ok: true; data: Result } | { ok: false; error: WireError }) => void;
`;

/** Returns the text of the file. */
export function printFile(gateways: readonly GatewayDescription[], declarations: readonly string[]): string {
  const formats = new Set(gateways.map(({ ack }) => ack));
  return [
    HEAD,
    ...gateways.map((gateway) => `${printGateway(gateway)}\n`),
    WIRE_ERROR,
    formats.has('error-first') ? ERROR_FIRST : '',
    formats.has('object') ? OBJECT : '',
    ...declarations.map((declaration) => `\n${declaration}\n`),
  ].join('');
}

function printGateway(gateway: GatewayDescription): string {
  const { name, doc, events, sent, auth, ack } = gateway;
  const members = [
    `/** The events that clients send, for \`Socket\` of socket.io-client. */\ntoServer: ${inLines(events.map((event) => printEvent(event, ack)))}`,
    `/** The events that clients receive. */\ntoClient: ${printSent(sent)}`,
    `/** The events with their results. */\ncalls: ${inLines(events.flatMap((event) => printCall(event, ack)))}`,
    ...printStreams(events, printMethod, ({ answer }) => printResult(answer, ack)),
    `/** What clients send to log in. */\nauth: ${auth}`,
  ];
  return `${doc}export interface ${name} ${inLines(members)}\n`;
}

/**
 * Prints all lists of arguments of an event, without an ack and with one. They are one union, which `emit` and `emitWithAck`
 * both take.
 */
function printEvent(
  { name, doc, variants, answer }: EventDescription,
  ack: GatewayDescription['ack'],
): string {
  const ackType = printAck(answer, ack);
  const lists = variants.flatMap((variant) => {
    const whole = variant.map(printElement);
    const shorter = optionalCounts(variant).map((count) => [
      ...variant.slice(0, count).map(printRequired),
      `ack: ${ackType}`,
    ]);
    return [whole, ...shorter];
  });
  const tuples = lists.map((list) => `[${list.join(', ')}]`);
  return `${doc}${propertyName(name)}: (...args: ${tuples.join(' | ')}) => void`;
}

/** Returns the numbers of arguments that are allowed before the ack. */
function optionalCounts(variant: readonly Argument[]): number[] {
  const required = variant.filter(({ isOptional }) => !isOptional).length;
  return Array.from({ length: variant.length - required + 1 }, (_, more) => required + more);
}

function printElement({ name, type, isOptional }: Argument): string {
  return `${name}${isOptional ? '?' : ''}: ${type}`;
}

// An argument that another one follows cannot be left out, but it can be null.
function printRequired({ name, type, isOptional }: Argument): string {
  const takesAll = type === 'unknown' || type === 'any';
  return `${name}: ${isOptional && !takesAll ? `${type} | null | undefined` : type}`;
}

function printAck(answer: Answer, ack: GatewayDescription['ack']): string {
  return `${ack === 'object' ? 'AckObjectOf' : 'AckOf'}<${printResult(answer, ack)}>`;
}

// A result that is absent is null in a list of arguments, and missing in an object.
function printResult(answer: Answer, ack: GatewayDescription['ack']): string {
  if (answer.kind !== 'result') return 'unknown';
  const absent = ack === 'object' ? 'undefined' : 'null';
  const { type = absent, mayBeAbsent } = answer;
  const isUnion =
    mayBeAbsent && type !== 'unknown' && type !== 'any' && !` | ${type}`.endsWith(` | ${absent}`);
  return isUnion ? `${type} | ${absent}` : type;
}

function printCall(
  { name, doc, variants, answer, streams }: EventDescription,
  ack: GatewayDescription['ack'],
): string[] {
  if (answer.kind === 'stream' || streams.upload === 'required') return [];
  const [variant, ...others] = variants;
  if (!variant) return [];
  const result = printResult(answer, ack);
  if (others.length === 0)
    return [`${doc}${propertyName(name)}: (${variant.map(printElement).join(', ')}) => ${result}`];
  const tuples = variants.map((one) => `[${one.map(printElement).join(', ')}]`);
  return [`${doc}${propertyName(name)}: (...args: ${tuples.join(' | ')}) => ${result}`];
}

/** Prints an event as a method. Of a proxy, this is the call of one action. */
function printMethod({ name, doc, variants }: EventDescription, result: string): string {
  return `${doc}${propertyName(name)}: (${(variants[0] ?? []).map(printElement).join(', ')}) => ${result}`;
}

function printSent(sent: readonly SentDescription[] | undefined): string {
  if (!sent) return '{ [event: string]: (...args: any[]) => void }';
  return inLines(
    sent.map(({ name, doc, parameters }) => `${doc}${propertyName(name)}: (${parameters}) => void`),
  );
}
