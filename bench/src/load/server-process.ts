import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { ServerSpec } from '../servers/server-spec';

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** The core of the servers; the load generator has been put on another (see run.js). */
export const SERVER_CORE = '0';
/** The core of the load generator, and of clients that are measured. */
export const CLIENT_CORE = '1';

/** A server in a process of its own, on a core of its own. */
export class ServerProcess {
  private readonly open = new Map<
    number,
    { resolve: (answer: never) => void; reject: (error: Error) => void }
  >();
  private asked = 0;

  private constructor(
    private readonly child: ChildProcess,
    readonly port: number,
  ) {
    child.on('message', ({ id, answer, error }: Answer) => {
      const question = this.open.get(id);
      this.open.delete(id);
      if (error === undefined) question?.resolve(answer as never);
      else question?.reject(new Error(error));
    });
    child.on('exit', (code) => {
      for (const { reject } of this.open.values()) reject(new Error(`the server ended with ${String(code)}`));
    });
  }

  /** @param core on which the process runs, where processes can be told */
  static async start(spec: ServerSpec, core = SERVER_CORE): Promise<ServerProcess> {
    const script = join(__dirname, '..', 'servers', 'main.js');
    const command = [process.execPath, '--expose-gc', script, JSON.stringify(spec)];
    if (process.env['BENCH_TASKSET']) command.unshift('taskset', '-c', core);
    const [program, ...rest] = command as [string, ...string[]];
    const child = spawn(program, rest, {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      env: { ...process.env, NODE_ENV: 'production' },
    });
    const port = await new Promise<number>((resolve, reject) => {
      child.once('message', (message: { port?: number }) => {
        resolve(message.port ?? 0);
      });
      child.once('error', reject);
      child.once('exit', (code) => {
        reject(new Error(`${JSON.stringify(spec)} did not start: ${String(code)}`));
      });
    });
    return new ServerProcess(child, port);
  }

  /** Asks the process for something; see servers/main.ts. */
  ask<Result>(command: string, argument: unknown = 0): Promise<Result> {
    const id = this.asked++;
    return new Promise<Result>((resolve, reject) => {
      this.open.set(id, { resolve, reject });
      this.child.send({ id, command, argument });
    });
  }

  /** While another server is measured, this one does nothing at all: its timers do not run. */
  pause(): void {
    if (process.platform !== 'win32') this.child.kill('SIGSTOP');
  }

  resume(): void {
    if (process.platform !== 'win32') this.child.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await exited;
  }
}
