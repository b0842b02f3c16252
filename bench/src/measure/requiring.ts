import { spawnSync } from 'node:child_process';
import { SERVER_CORE } from '../load/server-process';
import { inTurn } from './in-turn';

/** What loading some packages gave, in a process of its own. */
export interface RequireSample {
  /** CPU, in milliseconds. */
  readonly cpu: number;
  /** Milliseconds until they are there. */
  readonly time: number;
  readonly modules: number;
}

const PROGRAM = `
  const before = process.cpuUsage();
  const begun = performance.now();
  for (const name of process.argv.slice(1)) require(name);
  const time = performance.now() - begun;
  const { user, system } = process.cpuUsage(before);
  console.log(JSON.stringify({ time, cpu: (user + system) / 1000, modules: Object.keys(require.cache).length }));`;

/** Measures how long packages take to load. */
export function measureRequiring(
  packages: ReadonlyMap<string, readonly string[]>,
  lives: number,
): Promise<Map<string, RequireSample[]>> {
  return inTurn(packages, lives, (names) => {
    const command = [process.execPath, '-e', PROGRAM, ...names];
    if (process.env['BENCH_TASKSET']) command.unshift('taskset', '-c', SERVER_CORE);
    const [program, ...rest] = command as [string, ...string[]];
    const { stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8', cwd: __dirname });
    if (stdout === '') throw new Error(stderr);
    return Promise.resolve(JSON.parse(stdout) as RequireSample);
  });
}
