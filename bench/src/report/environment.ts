import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { maxBacklog, maxOpenFiles } from '../limits';

/** What the figures depend on. */
export interface Environment {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Of the last minute, before the first measurement: above 1, somebody else was at work too. */
  readonly loadBefore: number;
  /** `ulimit -n`; undefined if there is no limit. */
  readonly openFiles?: number;
  /** How many connections wait at most until a server accepts them: `net.core.somaxconn`. */
  readonly backlog?: number;
  readonly packages: Readonly<Record<string, string>>;
}

const PACKAGES = [
  'socket.io',
  'moleculer',
  'moleculer-io',
  '@nestjs/core',
  '@nestjs/websockets',
  'class-validator',
  'class-transformer',
] as const;

export function readEnvironment(): Environment {
  const { length, 0: first } = cpus();
  const openFiles = maxOpenFiles();
  const backlog = maxBacklog();
  return {
    node: process.version,
    cpu: first?.model.trim() ?? '',
    cores: length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    loadBefore: Number((loadavg()[0] ?? 0).toFixed(2)),
    ...(Number.isFinite(openFiles) && { openFiles }),
    ...(backlog !== undefined && { backlog }),
    packages: Object.fromEntries(PACKAGES.map((name) => [name, versionOf(name)])),
  };
}

function versionOf(name: string): string {
  const measured =
    name === 'moleculer' && process.env['BENCH_MOLECULER'] === '0.14' ? 'moleculer-0.14' : name;
  const file = join(__dirname, '..', '..', 'node_modules', measured, 'package.json');
  return (require(file) as { version: string }).version;
}
