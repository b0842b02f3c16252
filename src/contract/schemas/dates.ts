import type { JsonSchema } from './json-schema';

/** Every text that this finds is a date to JavaScript, leap seconds left out. */
const DATE_TIME =
  '^\\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d(\\.\\d{1,9})?(Z|[+-]([01]\\d|2[0-3]):[0-5]\\d)$';

/** The schema of values that the gateway converts to a `Date`. */
export const RECEIVED_DATE: JsonSchema = {
  type: 'string',
  format: 'date-time',
  pattern: DATE_TIME,
  description: 'Other texts and numbers that JavaScript reads as a date are taken, too.',
};

/** The schema of a `Date` in JSON. */
export const SENT_DATE: JsonSchema = { type: 'string', format: 'date-time' };
