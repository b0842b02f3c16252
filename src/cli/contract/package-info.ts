import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Returns the name and the version of the nearest package.json. */
export function packageInfo(folder: string): { readonly name?: string; readonly version?: string } {
  for (let current = folder; ; current = dirname(current)) {
    const found = read(join(current, 'package.json'));
    if (found || dirname(current) === current) return found ?? {};
  }
}

function read(file: string): { name?: string; version?: string } | undefined {
  try {
    const { name, version } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    return {
      ...(typeof name === 'string' && { name }),
      ...(typeof version === 'string' && { version }),
    };
  } catch {
    return undefined;
  }
}
