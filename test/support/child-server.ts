import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Answered, Asked, ServerState } from './serve';

/*
 * A server in a process of its own: what would end a real one ends it, and what it holds on to can be counted.
 */

/** How long a process may take for anything that it is asked. */
const PATIENCE = 60_000;
/** How long it may take until what has ended is forgotten. */
const SETTLING = 20_000;
const REQUIRED = ['../setup/moleculer-version.js', './compile-once.js'];

export class ChildServer {
  /** What was thrown and rejected with nobody there to catch it: in a real process, its end. */
  readonly failures: string[] = [];
  /** Resolves when the process has ended. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  port = 0;
  private printed = '';
  private asked = 0;
  private readonly waiting = new Map<number, (answer: Answered) => void>();

  private constructor(readonly process: ChildProcess) {
    const streams = [process.stdout, process.stderr].flatMap((stream) => stream ?? []);
    for (const stream of streams) stream.on('data', (part: Buffer) => (this.printed += part.toString()));
    // Not its event 'close', which does not come after a disconnect().
    this.ended = Promise.all([once(process, 'exit'), ...streams.map((stream) => once(stream, 'close'))]).then(
      ([[code, signal]]) => ({ code, signal }),
    );
    process.on('message', (message: Answered | { failure: string } | { port: number }) => {
      if ('failure' in message) this.failures.push(message.failure);
      else if ('port' in message) this.port = message.port;
      else this.waiting.get(message.id)?.(message);
    });
    // It must not outlive a run that is broken off.
    const kill = (): unknown => process.kill('SIGKILL');
    globalThis.process.once('exit', kill);
    void this.ended.then(() => globalThis.process.off('exit', kill));
  }

  /**
   * Starts a file that calls `serve`; resolves when it serves.
   *
   * @param file without its ending, relative to the folder `test`
   * @param options what `serve` is given
   */
  static async start(file: string, options: object = {}): Promise<ChildServer> {
    const child = new ChildServer(
      spawn(
        process.execPath,
        [
          '--expose-gc',
          '--disable-warning=ExperimentalWarning',
          ...REQUIRED.flatMap((name) => ['-r', join(__dirname, name)]),
          join(__dirname, '..', `${file}.ts`),
          JSON.stringify(options),
        ],
        { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
      ),
    );
    await child.ask('ready');
    return child;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** All that the process has printed; a healthy one prints nothing. */
  get output(): string {
    return this.printed;
  }

  /** Calls a function of the file. */
  async ask<T = any>(command: string, ...args: unknown[]): Promise<T> {
    const id = ++this.asked;
    let timer: NodeJS.Timeout | undefined;
    const answered = new Promise<Answered>((resolve) => {
      this.waiting.set(id, resolve);
      this.process.send({ id, command, args } satisfies Asked, () => undefined);
    });
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(
        () => reject(new Error(`the process does not answer '${command}'\n${this.output}`)),
        PATIENCE,
      );
    });
    const gone = this.ended.then(({ code, signal }) => {
      throw new Error(
        `the process has ended (${signal ?? code}) before it answered '${command}'\n${this.output}`,
      );
    });
    gone.catch(() => undefined);
    try {
      const answer = await Promise.race([answered, late, gone]);
      if (answer.error !== undefined) throw new Error(`'${command}' failed: ${answer.error}`);
      return answer.result as T;
    } finally {
      clearTimeout(timer);
      this.waiting.delete(id);
    }
  }

  /** What the process holds on to, after its garbage was collected. */
  state(): Promise<ServerState> {
    return this.ask('state');
  }

  /** Waits until the process holds on to what it should: clients say goodbye, and it hears of that in its own time. */
  async settled(check: (state: ServerState) => void): Promise<void> {
    for (const end = Date.now() + SETTLING; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
      const state = await this.state();
      try {
        check(state);
        return;
      } catch (error) {
        if (Date.now() > end) throw error;
      }
    }
  }

  /** Throws where anything has gone wrong in the process that nobody was told of. */
  check(): void {
    const { exitCode, signalCode } = this.process;
    if (exitCode !== null || signalCode !== null) {
      throw new Error(`the process has ended (${signalCode ?? exitCode})\n${this.output}`);
    }
    const failures = this.failures.splice(0);
    if (failures.length > 0) {
      const some = failures.slice(0, 3).map((text) => text.slice(0, 1000));
      throw new Error(`the process would have ended ${failures.length} times:\n${some.join('\n')}`);
    }
    if (this.output !== '') throw new Error(`the process has printed:\n${this.output}`);
  }

  /** Ends the process in order, and checks it. */
  async stop(): Promise<void> {
    this.check();
    this.process.disconnect();
    const timer = setTimeout(() => this.process.kill('SIGKILL'), PATIENCE);
    const { code } = await this.ended;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`the process does not end in order (${code})\n${this.output}`);
    if (this.failures.length > 0)
      throw new Error(`the process failed at its end:\n${this.failures.join('\n')}`);
  }

  /** Ends the process as it is. */
  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    if (this.process.exitCode === null) this.process.kill(signal);
    await this.ended;
  }
}
