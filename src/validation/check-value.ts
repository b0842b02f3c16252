import { validationError } from './validation-error';

/** Returns the check for a string, number, boolean, …: nothing is converted. */
export function checkPrimitive(type: string): (value: unknown) => unknown {
  return (value) => {
    if (typeof value === type) return value;
    throw validationError([
      {
        field: '',
        type,
        message: `The payload must be a ${type}.`,
        expected: type,
        actual: nameOfType(value),
      },
    ]);
  };
}

/** Reads a date, which JSON carries as an ISO string or as milliseconds. */
export function checkDate(value: unknown): Date {
  const date =
    typeof value === 'string' || typeof value === 'number' || value instanceof Date
      ? new Date(value)
      : undefined;
  if (date && !Number.isNaN(date.getTime())) return date;
  throw validationError([
    {
      field: '',
      type: 'date',
      message: 'The payload must be a date.',
      expected: 'date',
      actual: nameOfType(value),
    },
  ]);
}

/** Checks binary data, which Socket.IO delivers as a Buffer. */
export function checkBinary(value: unknown): unknown {
  if (value instanceof Uint8Array || value instanceof ArrayBuffer) return value;
  throw validationError([
    {
      field: '',
      type: 'binary',
      message: 'The payload must be binary.',
      expected: 'binary',
      actual: nameOfType(value),
    },
  ]);
}

/** Describes a value to the client that sent it. */
export function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}
