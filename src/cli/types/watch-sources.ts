import { dirname, resolve } from 'node:path';
import ts from 'typescript';
import { CommandError, type Terminal } from '../terminal';
import { generateTypes, type Generated, type Generation } from './generate';

/** An editor writes a file in several steps, and a branch changes many files at once. */
const SETTLE_MS = 100;

/**
 * Generates types now and whenever a source or its tsconfig.json changes, a file comes beside one, or one comes into the folders
 * that the patterns search, until the signal of the terminal.
 *
 * @param write is given what was generated
 * @returns 0
 */
export async function watchSources(
  generation: Generation,
  terminal: Terminal,
  write: (generated: Generated) => Promise<number>,
): Promise<number> {
  const { signal } = terminal;
  const watched = new Map<string, ts.FileWatcher>();
  let changed: () => void = () => undefined;
  const onChange = (): void => {
    changed();
  };
  /** Returns true if a file has changed before it was watched. */
  const watch = (sources: readonly string[], since: number): boolean => {
    const added = sources.filter((file) => !watched.has(file));
    for (const file of added) watched.set(file, watchFile(file, onChange));
    const folders = new Map(added.map((file) => [dirname(file), false]));
    for (const folder of searchedFolders(generation)) folders.set(folder, true);
    for (const [folder, isDeep] of folders) {
      const key = `${folder}/`;
      if (!watched.has(key)) watched.set(key, watchFolder(folder, isDeep, onChange));
    }
    return added.some((file) => (ts.sys.getModifiedTime?.(file)?.getTime() ?? 0) >= since);
  };
  const ended = new Promise<void>((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  try {
    while (!signal.aborted) {
      const change = new Promise<void>((resolve) => {
        changed = resolve;
      });
      const since = Date.now();
      const generated = await generateSafely(generation, terminal);
      // Without sources there is nothing to watch.
      if (!generated && watched.size === 0) return 1;
      const hasChanged = generated !== undefined && watch(generated.sources, since);
      if (generated) await write(generated);
      if (!hasChanged) await Promise.race([change, ended]);
      await Promise.race([new Promise((resolve) => setTimeout(resolve, SETTLE_MS)), ended]);
    }
    return 0;
  } finally {
    for (const watcher of watched.values()) watcher.close();
  }
}

// A gateway that is being written is not there for a while.
async function generateSafely(generation: Generation, terminal: Terminal): Promise<Generated | undefined> {
  try {
    return await generateTypes(generation);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    terminal.complain(error.message);
    return undefined;
  }
}

const NOTHING: ts.FileWatcher = { close: () => undefined };

function watchFile(file: string, onChange: () => void): ts.FileWatcher {
  return ts.sys.watchFile?.(file, onChange, 250) ?? NOTHING;
}

/** Returns the folders in which patterns search for files, without the whole folder of the project: packages are in it. */
function searchedFolders({ patterns, folder }: Generation): string[] {
  return patterns.flatMap((pattern) => {
    const segments = pattern.split('/');
    const first = segments.findIndex((segment) => /[*?[\]{}()!]/.test(segment));
    const base = resolve(folder, segments.slice(0, first).join('/'));
    return first > 0 && base !== resolve(folder) && ts.sys.directoryExists(base) ? [base] : [];
  });
}

// A new folder may have come with files in it, which are not told one by one.
function watchFolder(folder: string, isDeep: boolean, onChange: () => void): ts.FileWatcher {
  const counts = isDeep ? /(\.[cm]?tsx?|[\\/][^.\\/]+)$/ : /\.[cm]?tsx?$/;
  return (
    ts.sys.watchDirectory?.(
      folder,
      (name) => {
        if (counts.test(name)) onChange();
      },
      isDeep,
    ) ?? NOTHING
  );
}
