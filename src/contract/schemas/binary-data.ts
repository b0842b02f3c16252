import type { JsonSchema } from './json-schema';

/** The note on binary data. */
export const BINARY_DATA: JsonSchema = {
  contentMediaType: 'application/octet-stream',
  description: 'Binary data (ArrayBuffer, Buffer, Uint8Array), which JSON Schema cannot describe.',
};
