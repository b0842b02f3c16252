import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { diffLines } from './line-diff';
import type { Terminal } from './terminal';

/** The output of a command, and how it is compared with the existing file. */
export interface Output {
  readonly text: string;
  /** Returns a text that is the same for files that say the same, however they are formatted. */
  readonly normalize: (text: string) => string;
  /** Returns a text as people read it, for the difference. Default: the normalized text. */
  readonly format?: (text: string) => string;
  /** Describes the output in messages: `2 gateways, 12 events`. */
  readonly summary: string;
  /** The command line that writes it, for messages. */
  readonly command: string;
}

/** Writes the file, unless it is there already: tools that watch it would start for nothing. */
export async function writeOutput(
  { folder, say }: Terminal,
  out: string | undefined,
  { text, summary }: Output,
): Promise<number> {
  if (out === undefined) {
    say(text.trimEnd());
    return 0;
  }
  const file = resolve(folder, out);
  if ((await read(file)) === text) {
    say(`${out} is up to date: ${summary}.`);
    return 0;
  }
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  say(`${out} written: ${summary}.`);
  return 0;
}

/** Compares the file with what it would be, and shows the difference. */
export async function checkOutput(
  { folder, say, complain }: Terminal,
  out: string,
  { text, normalize, format, summary, command }: Output,
): Promise<number> {
  const present = await read(resolve(folder, out));
  if (present === undefined) {
    complain(`${out} does not exist. Write it: ${command}`);
    return 1;
  }
  const [before, after] = [normalize(present), normalize(text)];
  if (before === after) {
    say(`${out} is up to date: ${summary}.`);
    return 0;
  }
  complain(`${out} is not up to date (- is in the file, + is missing):`);
  const readable = format ? diffLines(format(present), format(text)) : [];
  // A formatter may hide the difference.
  const lines = readable.some((line) => /^[-+]/.test(line)) ? readable : diffLines(before, after);
  for (const line of lines) complain(line);
  complain(`Write it: ${command}`);
  return 1;
}

async function read(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).replaceAll('\r\n', '\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
