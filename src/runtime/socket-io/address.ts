const UNKNOWN_ADDRESS = 'unknown address';

/** Returns the address for logs and rate limits. That of a client behind a Unix socket is not known. */
export function knownAddress(address: string | undefined): string {
  return address ?? UNKNOWN_ADDRESS;
}
