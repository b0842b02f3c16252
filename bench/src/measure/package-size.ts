import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Bytes of the package as npm keeps it and as it is installed, and its files. */
export interface PackageSize {
  readonly packed: number;
  readonly unpacked: number;
  readonly files: number;
}

const ROOT = join(__dirname, '..', '..', '..');
const DIST = join(__dirname, '..', '..', 'node_modules', 'moleculer-socket-gateway', 'dist');

/** Packs the library that was just built, without keeping the package. */
export function measurePackage(): PackageSize {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    const notPackage = /[\\/](node_modules|\.vitepress|\.tsbuildinfo)$/;
    for (const name of ['package.json', 'docs', 'README.md', 'CHANGELOG.md', 'SECURITY.md', 'LICENSE'])
      cpSync(join(ROOT, name), join(folder, name), {
        recursive: true,
        filter: (path) => !notPackage.test(path),
      });
    cpSync(DIST, join(folder, 'dist'), { recursive: true });
    // The client is bundled as the build of the package does it.
    for (const name of ['scripts/build-client.js', 'src/client'])
      cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    run(folder, process.execPath, ['scripts/build-client.js']);
    const [packed] = JSON.parse(run(folder, 'npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])) as [
      { size: number; unpackedSize: number; entryCount: number },
    ];
    return { packed: packed.size, unpacked: packed.unpackedSize, files: packed.entryCount };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function run(folder: string, program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: folder,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
  return stdout;
}
