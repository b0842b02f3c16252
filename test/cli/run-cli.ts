import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from '../../src/cli/run';
import { afterwards } from '../support/endings';

const ROOT = join(__dirname, '../..');

/** A folder with files, in which commands run. */
export interface Folder {
  readonly path: string;
  write(file: string, text: string): void;
  read(file: string): string;
  remove(): void;
  /** Runs a command line, and returns its exit code and what it has written. */
  run(...args: string[]): Promise<{ exitCode: number; said: string; complained: string }>;
}

/** The options of a project whose packages are those of this repository, and whose library are its sources. */
export const COMPILER_OPTIONS = {
  target: 'ES2022',
  lib: ['ES2022', 'DOM'],
  module: 'node20',
  strict: true,
  noFallthroughCasesInSwitch: true,
  noEmit: true,
  skipLibCheck: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  typeRoots: [join(ROOT, 'node_modules/@types')],
  types: ['node'],
  paths: {
    'moleculer-socket-gateway': [join(ROOT, 'src/index.ts')],
    'moleculer-socket-gateway/client': [join(ROOT, 'src/client/index.ts')],
    ...(process.env['MOLECULER'] === '0.14' && { moleculer: [join(ROOT, 'node_modules/moleculer-0.14')] }),
    '*': [join(ROOT, 'node_modules/*'), join(ROOT, 'node_modules/@types/*')],
  },
};

/** Makes a folder that the caller removes. */
export function makeFolder(files: Readonly<Record<string, string>>): Folder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'gateway-cli-')));
  const folder: Folder = {
    path,
    write(file, text) {
      mkdirSync(dirname(join(path, file)), { recursive: true });
      writeFileSync(join(path, file), text);
    },
    read: (file) => readFileSync(join(path, file), 'utf8'),
    remove: () => rmSync(path, { recursive: true, force: true }),
    async run(...args) {
      const [said, complained]: [string[], string[]] = [[], []];
      const exitCode = await run(args, {
        folder: path,
        say: (line) => void said.push(line),
        complain: (line) => void complained.push(line),
        signal: new AbortController().signal,
      });
      return { exitCode, said: said.join('\n'), complained: complained.join('\n') };
    },
  };
  for (const [file, text] of Object.entries(files)) folder.write(file, text);
  return folder;
}

/** Makes a folder that is removed after the test. */
export function newFolder(files: Readonly<Record<string, string>> = {}): Folder {
  const folder = makeFolder(files);
  afterwards(() => folder.remove());
  return folder;
}

/** A tsconfig.json for {@link newFolder}. */
export function tsconfig(options: object = {}, others: object = {}): string {
  return JSON.stringify({
    compilerOptions: { ...COMPILER_OPTIONS, ...options },
    include: ['src'],
    ...others,
  });
}
