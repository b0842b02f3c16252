import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Files that a process has open beside its connections. */
const OTHER_FILES = 200;

/** Returns how many files a process may have open: `ulimit -n`; Infinity if there is no limit, or none can be found. */
export function maxOpenFiles(): number {
  const { stdout, error } = spawnSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' });
  const limit = Number.parseInt(stdout ?? '', 10);
  return error || Number.isNaN(limit) ? Infinity : limit;
}

/** Returns how many connections the load generator can open, at most as many as are wanted. */
export function possibleConnections(wanted: number): number {
  return Math.min(wanted, maxOpenFiles() - OTHER_FILES);
}

/** Returns how many connections wait at most until a server accepts them: `net.core.somaxconn`; undefined if the system does not say. */
export function maxBacklog(): number | undefined {
  try {
    return Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  } catch {
    return undefined;
  }
}
