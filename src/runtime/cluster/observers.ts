import type { ClusterCounters } from '../model';

export type { ClusterCounters };

/** Takes the log lines of a link. Moleculer's loggers do. */
export interface ClusterLog {
  warn(...args: unknown[]): void;
  error(...args: unknown[]): void;
  debug(...args: unknown[]): void;
}

/** Counts nothing. */
export const NO_COUNTERS: ClusterCounters = {
  sent: () => undefined,
  received: () => undefined,
  lost: () => undefined,
  peers: () => undefined,
};
