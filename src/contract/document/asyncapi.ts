import type { ContractStreams } from './event-streams';
import type { JsonSchema } from '../schemas/json-schema';

/*
 * The parts of an AsyncAPI 3.1 document that a contract has: https://www.asyncapi.com/docs/reference/specification/v3.1.0
 */

/** A reference to another part of the document. */
export interface Reference {
  $ref: string;
}

/** `info` of the document. */
export interface ContractInfo {
  title: string;
  version: string;
  description?: string;
  [field: string]: unknown;
}

/** A server of the document: where clients connect. */
export interface ContractServer {
  /** Without a protocol or a path: `chat.example.com`. */
  host: string;
  /** `ws` or `wss`. */
  protocol: string;
  pathname?: string;
  description?: string;
  [field: string]: unknown;
}

/** A message that is sent in one direction under one name. */
export interface ContractMessage {
  /** The name of the event; absent where it is chosen when it is sent. */
  name?: string;
  title?: string;
  summary?: string;
  description?: string;
  /**
   * The first argument of the event. With `x-arguments: 'list'` it is the list of all arguments.
   */
  payload?: JsonSchema;
  'x-arguments'?: 'list';
}

/** A namespace. */
export interface ContractChannel {
  /** The path of the namespace; null if it is a regular expression. */
  address: string | null;
  description?: string;
  parameters?: Record<string, { description?: string }>;
  messages: Record<string, ContractMessage>;
}

/** An error that an event may be answered with. */
export interface ContractError {
  code: number;
  name: string;
  description: string;
}

/** The guards of an event: one role of every list, and the number of policies. */
export interface ContractAuthorization {
  roles: string[][];
  policies: number;
}

/** The rate limit of an event. */
export interface ContractRateLimit {
  points: number;
  /** In seconds. */
  duration: number;
  key: string;
}

/** An event in one direction. */
export interface ContractOperation {
  /** `receive`: clients send it, the gateway receives it. */
  action: 'receive' | 'send';
  channel: Reference;
  description?: string;
  messages: Reference[];
  reply?: { channel: Reference; messages: Reference[] };
  /** Clients should not send it any more; a text says what to send instead. */
  'x-deprecated'?: boolean | string;
  'x-authorize'?: ContractAuthorization;
  'x-rate-limits'?: ContractRateLimit[];
  /** The positions of the arguments that the gateway takes as they come. */
  'x-unchecked'?: number[];
  'x-streams'?: ContractStreams;
  'x-errors'?: ContractError[];
}

/** The contract of gateways. */
export interface ContractDocument {
  asyncapi: '3.1.0';
  info: ContractInfo;
  defaultContentType: 'application/json';
  servers?: Record<string, ContractServer>;
  channels: Record<string, ContractChannel>;
  operations: Record<string, ContractOperation>;
  components: { schemas: Record<string, JsonSchema> };
}
