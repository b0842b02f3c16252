import type { Argument, Contract, EventToReceive, EventToSend, Namespace } from './contract';
import type { Schema } from './schema';

/* The document is one of AsyncAPI 3.1, as the gateway's own action `contract` returns it. */

interface Reference {
  $ref: string;
}
interface Message {
  name?: string;
  title?: string;
  payload?: Schema;
  'x-arguments'?: 'list';
}
interface Channel {
  address: string | null;
  description?: string;
  parameters?: Record<string, unknown>;
  messages: Record<string, Message>;
}
interface Operation {
  action: 'receive' | 'send';
  channel: Reference;
  description?: string;
  messages: Reference[];
  reply?: { messages: Reference[] };
  'x-deprecated'?: boolean | string;
  'x-authorize'?: object;
  'x-rate-limits'?: object[];
}
export interface Document {
  info: { title: string };
  channels: Record<string, Channel>;
  operations: Record<string, Operation>;
  components: { schemas: Record<string, Schema> };
}

/** Reads the document of the gateways. */
export function readContract({ info, channels, operations, components }: Document): Contract {
  const namespaces = Object.entries(channels).map(([key, channel]) =>
    readNamespace(key, channel, operations),
  );
  return { title: info.title, namespaces, schemas: components.schemas };
}

function readNamespace(key: string, channel: Channel, operations: Document['operations']): Namespace {
  const own = Object.entries(operations).filter(([, operation]) => lastOf(operation.channel) === key);
  const read = <Event>(
    action: Operation['action'],
    event: (key: string, from: Operation) => Event,
  ): Event[] =>
    own.filter(([, operation]) => operation.action === action).map(([name, one]) => event(name, one));
  return {
    key,
    address: channel.address,
    parameters: Object.keys(channel.parameters ?? {}),
    description: channel.description,
    events: read('receive', (name, operation) => readSent(name, operation, channel)),
    received: read('send', (name, operation) => readReceived(name, operation, channel)),
  };
}

function readSent(key: string, operation: Operation, channel: Channel): EventToSend {
  const message = messageOf(operation.messages[0], channel);
  const [resultReference] = operation.reply?.messages ?? [];
  const result = messageOf(resultReference, channel);
  const isList = result?.['x-arguments'] === 'list';
  const lines = operation.description?.split('\n') ?? [];
  // They stand at the end, one a line.
  const own = lines.length - countAccess(operation);
  return {
    key,
    name: message?.name ?? '*',
    description: lines.slice(0, own).join('\n') || undefined,
    access: lines.slice(own),
    args: argumentsOf(message),
    ack: isList ? 'error-first' : 'object',
    result: isList ? itemAt(result.payload, 1) : result?.payload?.properties?.['data'],
    deprecated: operation['x-deprecated'] ?? false,
    needsUser: operation['x-authorize'] !== undefined,
  };
}

function countAccess(operation: Operation): number {
  const { 'x-deprecated': deprecated, 'x-authorize': guard, 'x-rate-limits': limits = [] } = operation;
  return (deprecated === undefined ? 0 : 1) + (guard ? 1 : 0) + limits.length;
}

function readReceived(key: string, operation: Operation, channel: Channel): EventToReceive {
  const message = messageOf(operation.messages[0], channel);
  return {
    key,
    name: message?.name ?? message?.title ?? '',
    description: operation.description,
    args: argumentsOf(message),
  };
}

// One argument is the payload; several are a list.
function argumentsOf(message: Message | undefined): Argument[] {
  const { payload } = message ?? {};
  if (message?.['x-arguments'] !== 'list') return payload ? [{ schema: payload, isOptional: false }] : [];
  const { items, minItems = 0 } = payload ?? {};
  return (Array.isArray(items) ? items : []).map((schema, index) => ({
    schema,
    isOptional: index >= minItems,
  }));
}

function itemAt(schema: Schema | undefined, index: number): Schema | undefined {
  return Array.isArray(schema?.items) ? schema.items[index] : undefined;
}

function messageOf(reference: Reference | undefined, channel: Channel): Message | undefined {
  return reference && channel.messages[lastOf(reference)];
}

/** Returns the last part of a reference. The keys of the document have no characters that are escaped. */
function lastOf({ $ref }: Reference): string {
  return $ref.slice($ref.lastIndexOf('/') + 1);
}
