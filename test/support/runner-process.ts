import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/*
 * Starts moleculer-runner as a process of its own, on a copy of a folder of services.
 */

const ROOT = resolve(__dirname, '../..');
const PATIENCE = 60_000;

/** A folder of services that a test may change. */
export class ServiceFolder {
  readonly path = mkdtempSync(join(tmpdir(), 'services-'));

  /** @param from a folder that is copied; what it imports from `src` is found in the copy too */
  constructor(from?: string) {
    if (from === undefined) return;
    cpSync(from, this.path, { recursive: true });
  }

  write(file: string, code: string): void {
    writeFileSync(join(this.path, file), code.replace(/(['"])(\.\.\/)+src\1/g, `'${join(ROOT, 'src')}'`));
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), 'utf8');
  }

  /** Replaces a text of a file, as somebody with an editor does. */
  edit(file: string, text: string | RegExp, replacement: string): void {
    const code = this.read(file);
    const edited = code.replace(text, replacement);
    if (edited === code) throw new Error(`${file} has no ${String(text)}`);
    this.write(file, edited);
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}

/** A running moleculer-runner. */
export class RunnerProcess {
  private output = '';
  private readonly watching = new Set<() => void>();
  private readonly process: ChildProcess;

  /**
   * @param args those of moleculer-runner
   * @param environment added to that of the tests
   */
  constructor(args: readonly string[], environment: Readonly<Record<string, string>> = {}) {
    const moleculer = dirname(require.resolve('moleculer'));
    const preloaded = ['./test/setup/moleculer-version.js', './test/support/compile-once.js'];
    this.process = spawn(
      process.execPath,
      [...preloaded.flatMap((one) => ['-r', one]), join(moleculer, 'bin/moleculer-runner.js'), ...args],
      { cwd: ROOT, env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] },
    );
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (text: Buffer) => {
        this.output += text.toString();
        this.look();
      });
    }
    this.process.once('exit', () => {
      this.look();
    });
  }

  /** Resolves when the process prints a text, so many times, that it has not printed before. */
  printed(text: string, times = 1): Promise<void> {
    const before = this.output.length;
    return new Promise((resolve, reject) => {
      const fail = (why: string): void => {
        reject(new Error(`'${text}' was not printed ${why}:\n${this.output}`));
      };
      const timer = setTimeout(() => {
        fail(`in ${PATIENCE} ms`);
      }, PATIENCE);
      const look = (): void => {
        const found = this.output.slice(before).split(text).length > times;
        if (!found && this.process.exitCode === null) return;
        this.watching.delete(look);
        clearTimeout(timer);
        if (found) resolve();
        else fail('before the process ended');
      };
      this.watching.add(look);
    });
  }

  /** Resolves when all services have started, of all instances. */
  started(instances = 1): Promise<void> {
    return this.printed('started successfully', instances);
  }

  private look(): void {
    for (const look of this.watching) look();
  }

  /** Asks the process to end, and resolves with its exit code. */
  async stop(): Promise<number | null> {
    if (this.process.exitCode !== null) return this.process.exitCode;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await ended;
    return this.process.exitCode;
  }
}

/** A port that is free at this moment, for a process that cannot say which one it has taken. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
