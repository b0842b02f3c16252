/** Socket.IO keeps these for itself: neither side can emit them, and a client that sends one is disconnected. */
export const RESERVED_EVENTS: ReadonlySet<string> = new Set([
  'connect',
  'connect_error',
  'disconnect',
  'disconnecting',
  'newListener',
  'removeListener',
]);

/** The events that begin like this carry the chunks of streams. */
export const STREAM_PREFIX = '$stream:';
