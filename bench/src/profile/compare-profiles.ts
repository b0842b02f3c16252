import { align } from '../report/text';
import type { ServerProcess } from '../load/server-process';

/** Where something spends its time: microseconds by function. */
export type Profile = Readonly<Record<string, number>>;

const LINES = 45;
const NOT_WORK = /^\((idle|root)\)/;

/**
 * Profiles processes while something runs.
 *
 * @param count how often what is profiled happens
 * @returns the microseconds of all processes for one of these
 */
export async function profileWhile(
  servers: readonly ServerProcess[],
  count: number,
  run: () => Promise<unknown>,
): Promise<Profile> {
  for (const server of servers) {
    await server.ask('gc');
    await server.ask('startProfile');
  }
  await run();
  const spent: Record<string, number> = {};
  for (const server of servers) {
    for (const [name, time] of Object.entries(await server.ask<Profile>('stopProfile')))
      if (!NOT_WORK.test(name)) spent[name] = (spent[name] ?? 0) + time / count;
  }
  return spent;
}

/**
 * Returns what something spends beyond the floor, by file and by function.
 *
 * @param of what the times are for: `event`
 */
export function compareProfiles(
  title: string,
  of: string,
  floor: Profile,
  other: Profile,
  name: string,
): string {
  const functions = [...new Set([...Object.keys(floor), ...Object.keys(other)])];
  const lines = sorted(functions, floor, other).slice(0, LINES);
  const files = [...new Set(functions.map(fileOf))];
  const [floorFiles, otherFiles] = [byFile(floor), byFile(other)];
  const total = (one: Profile): string =>
    Object.values(one)
      .reduce((a, b) => a + b, 0)
      .toFixed(2);
  const rows = (names: readonly string[], a: Profile, b: Profile): string[][] =>
    names.map((key) => [
      key.replace('|', ' '),
      ((b[key] ?? 0) - (a[key] ?? 0)).toFixed(3),
      (a[key] ?? 0).toFixed(3),
      (b[key] ?? 0).toFixed(3),
    ]);
  const head = [`µs per ${of}`, 'more', 'floor', 'here'];
  return [
    `${title}: ${name}, ${total(other)} µs per ${of}, ${total(floor)} in the floor\n`,
    align([head, ...rows(sorted(files, floorFiles, otherFiles).slice(0, LINES), floorFiles, otherFiles)]),
    '',
    align([head, ...rows(lines, floor, other)]),
    '',
  ].join('\n');
}

function sorted(names: readonly string[], floor: Profile, other: Profile): string[] {
  const more = (name: string): number => (other[name] ?? 0) - (floor[name] ?? 0);
  return [...names].sort((a, b) => more(b) - more(a));
}

function fileOf(name: string): string {
  const place = name.slice(name.indexOf('|') + 1).replace(/:\d+$/, '');
  return place || name.replace('|', '');
}

function byFile(profile: Profile): Profile {
  const spent: Record<string, number> = {};
  for (const [name, time] of Object.entries(profile)) spent[fileOf(name)] = (spent[fileOf(name)] ?? 0) + time;
  return spent;
}
