import { glob } from 'tinyglobby';
import { CommandError } from './terminal';

/**
 * Returns the files that the patterns name, in the order of their paths.
 *
 * @param folder what patterns are relative to
 * @throws CommandError if there are none
 */
export async function findFiles(patterns: readonly string[], folder: string): Promise<string[]> {
  const files = await glob(patterns.map(withSlashes), {
    cwd: folder,
    absolute: true,
    ignore: ['**/node_modules/**'],
    expandDirectories: false,
  });
  if (files.length > 0) return files.sort();
  const quoted = patterns.map((pattern) => `'${pattern}'`).join(', ');
  throw new CommandError(`There is no file that matches ${quoted} in ${folder}.`);
}

// A shell of Windows hands over paths with backslashes.
function withSlashes(pattern: string): string {
  return process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
}
