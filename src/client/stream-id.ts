/** Returns an id for a stream, which no other stream of the socket has. */
export function newStreamId(): string {
  return `${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 12)}`;
}
