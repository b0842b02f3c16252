/*
 * What one node of a gateway gives another to send. Moleculer's serializers write binary data as they like, some as
 * something else: here it is carried as text.
 */

const BINARY = '$moleculer-socket-gateway:binary';

/** A payload on its way: JSON, and the binary data that was in it. */
export interface CarriedPayload {
  json: string;
  binary?: string[];
}

/** @throws TypeError where the payload cannot be written, as a circle */
export function pack(payload: unknown): CarriedPayload {
  const binary: string[] = [];
  const json = JSON.stringify(payload, function (this: Record<string, unknown>, key, value: unknown) {
    // What the value was before its `toJSON`.
    const bytes = bytesOf(this[key]);
    if (!bytes) return value;
    binary.push(bytes.toString('base64'));
    return { [BINARY]: binary.length - 1 };
  });
  return binary.length > 0 ? { json, binary } : { json };
}

/** The payload as clients would get it. */
export function unpack({ json, binary }: CarriedPayload): unknown {
  if (!binary) return JSON.parse(json) as unknown;
  return JSON.parse(json, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !(BINARY in value)) return value;
    const bytes = binary[value[BINARY] as number];
    return bytes === undefined ? value : Buffer.from(bytes, 'base64');
  }) as unknown;
}

function bytesOf(value: unknown): Buffer | undefined {
  if (value instanceof ArrayBuffer) return Buffer.from(value);
  return ArrayBuffer.isView(value)
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : undefined;
}
