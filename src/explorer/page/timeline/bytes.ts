/** Returns binary data as bytes; undefined if it is none. */
export function bytesOf(value: unknown): Uint8Array | undefined {
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return undefined;
}

/** Returns bytes as hexadecimal digits, with a text between them. */
export function toHex(bytes: Uint8Array, between = ''): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(between);
}

/** Reads hexadecimal digits, two for each byte. */
export function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => parseInt(digits, 16));
}

/** Returns a size as people read it: `512 bytes`, `1.4 KB`. */
export function sizeText(length: number): string {
  if (length < 1000) return `${length} ${length === 1 ? 'byte' : 'bytes'}`;
  if (length < 1_000_000) return `${(length / 1000).toFixed(1)} KB`;
  return `${(length / 1_000_000).toFixed(1)} MB`;
}
