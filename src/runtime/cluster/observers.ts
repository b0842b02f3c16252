/** Takes the log lines of a link. Moleculer's loggers do. */
export interface ClusterLog {
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
  debug(...args: unknown[]): void;
}

/** Counts what a link does. */
export interface ClusterCounters {
  /** Messages given to the transporter. A message to three nodes counts three times. */
  sent(messages: number): void;
  /** Messages that arrived and were read. */
  received(messages: number): void;
  /** Messages that could not be sent, arrived too late, or were malformed. */
  lost(messages: number): void;
  /** Called with the number of peers whenever it changes. */
  peers(count: number): void;
}

/** Counts nothing. */
export const NO_COUNTERS: ClusterCounters = {
  sent: () => undefined,
  received: () => undefined,
  lost: () => undefined,
  peers: () => undefined,
};
