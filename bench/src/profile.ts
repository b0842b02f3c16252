import type { Settings } from './arguments';
import { driveEvents } from './load/drive-events';
import { ServerProcess } from './load/server-process';
import { closeAll, connectAll } from './measure/events';
import { align } from './report/text';
import { GROUPS, withBuilds, type Group, type Variant } from './variants';

/** Where one event spends its time: microseconds by function. */
type Profile = Readonly<Record<string, number>>;

const LINES = 45;
const NOT_WORK = /^\((idle|root)\)/;

/** Profiles the servers of the groups that were asked for, and prints what each spends beyond the first of its group. */
export async function printProfiles({ wanted, events, builds }: Settings): Promise<void> {
  for (const group of GROUPS) {
    if (!wanted(group.name, group.daily)) continue;
    const variants = withBuilds(group.variants, builds).filter(({ name }) => name !== 'control');
    const [base, ...others] = variants as [Variant, ...Variant[]];
    const floor = await profile(group, base, events.measured * 8);
    for (const other of others) {
      console.log(
        difference(group.title, floor, await profile(group, other, events.measured * 8), other.title),
      );
    }
  }
}

async function profile(
  group: Group,
  { spec, ack = 'error-first' }: Variant,
  count: number,
): Promise<Profile> {
  const server = await ServerProcess.start(spec);
  const clients = await connectAll(server);
  await driveEvents(clients, group.load, ack, count / 2);
  await server.ask('gc');
  await server.ask('startProfile');
  await driveEvents(clients, group.load, ack, count);
  const spent = await server.ask<Record<string, number>>('stopProfile');
  await server.stop();
  await closeAll(clients);
  return Object.fromEntries(
    Object.entries(spent)
      .filter(([name]) => !NOT_WORK.test(name))
      .map(([name, time]) => [name, time / count]),
  );
}

function difference(title: string, floor: Profile, other: Profile, name: string): string {
  const functions = [...new Set([...Object.keys(floor), ...Object.keys(other)])];
  const lines = sorted(functions, floor, other).slice(0, LINES);
  const files = [...new Set(functions.map(fileOf))];
  const [floorFiles, otherFiles] = [byFile(floor), byFile(other)];
  const total = (one: Profile): number => Object.values(one).reduce((a, b) => a + b, 0);
  const rows = (names: readonly string[], a: Profile, b: Profile): string[][] =>
    names.map((key) => [
      key.replace('|', ' '),
      ((b[key] ?? 0) - (a[key] ?? 0)).toFixed(3),
      (a[key] ?? 0).toFixed(3),
      (b[key] ?? 0).toFixed(3),
    ]);
  const head = ['µs per event', 'more', 'floor', 'here'];
  return [
    `${title}: ${name}, ${total(other).toFixed(2)} µs per event, ${total(floor).toFixed(2)} in the floor\n`,
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
