import type { AckFormat } from '../../types';
import { unsaid, type JsonSchema } from '../schemas/json-schema';
import type { SchemaRegistry } from '../schemas/schema-registry';
import type { ContractMessage } from './asyncapi';

/** The schemas of errors, the same in all contracts. */
export interface ErrorSchemas {
  readonly error: JsonSchema;
  readonly invalid: JsonSchema;
}

/** Adds the schemas of errors to the document. */
export function addErrorSchemas(registry: SchemaRegistry): ErrorSchemas {
  const text: JsonSchema = { type: 'string' };
  const error = registry.add('GatewayError', () => ({
    type: 'object',
    description: 'An error as clients see it.',
    properties: {
      name: text,
      message: text,
      code: { type: ['integer', 'string'], description: 'As in HTTP: 401, 403, 404, 422, 429, 5xx.' },
      type: { type: ['string', 'null'], description: 'What went wrong, for programs: `EVENT_NOT_FOUND`.' },
      data: unsaid('More about it.'),
    },
    required: ['name', 'message', 'code'],
  }));
  const field: JsonSchema = {
    type: 'object',
    properties: {
      field: { ...text, description: 'The path of the field: `author.name`. Empty: the payload itself.' },
      type: { ...text, description: 'What it fails: `isLength`, `required`, …' },
      message: text,
      expected: {},
      actual: {},
    },
  };
  const invalid = registry.add('GatewayValidationError', () => ({
    allOf: [
      error,
      {
        type: 'object',
        properties: {
          name: { enum: ['ValidationError'] },
          code: { enum: [422] },
          data: { type: 'array', items: field },
        },
      },
    ],
  }));
  return { error, invalid };
}

/** Returns the answer that brings a result. */
export function replyMessage(event: string, ack: AckFormat, result: JsonSchema | undefined): ContractMessage {
  const data = result ?? { type: 'null' };
  return {
    name: event,
    title: `Answer to ${event}`,
    ...(ack === 'object' ? okObject(data) : resultList(data)),
  };
}

function okObject(data: JsonSchema): ContractMessage {
  return {
    payload: { type: 'object', properties: { ok: { enum: [true] }, data }, required: ['ok'] },
  };
}

/** Describes the arguments of an error-first ack. */
function resultList(data: JsonSchema): ContractMessage {
  return {
    payload: { type: 'array', items: [{ type: 'null' }, data], minItems: 1, maxItems: 2 },
    'x-arguments': 'list',
  };
}

/** Returns the answer that brings an error. */
export function errorMessage(ack: AckFormat, error: JsonSchema, title: string): ContractMessage {
  if (ack === 'object') {
    const payload: JsonSchema = {
      type: 'object',
      properties: { ok: { enum: [false] }, error },
      required: ['ok', 'error'],
    };
    return { title, payload };
  }
  return {
    title,
    payload: { type: 'array', items: [error], minItems: 1, maxItems: 1 },
    'x-arguments': 'list',
  };
}
