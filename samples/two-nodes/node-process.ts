import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { request } from 'node:http';
import { join } from 'node:path';
import type { Cluster } from './cluster';

/** A node of the cluster that runs in a process of its own. */
export class NodeProcess {
  /** Where its gateway listens; 0 while it does not. */
  port = 0;
  private child: ChildProcess | undefined;

  constructor(
    readonly nodeID: string,
    private readonly cluster: Cluster,
    /** Options of Node.js for the process. */
    private readonly execArgv: readonly string[],
  ) {}

  /** Starts the process, and resolves when its gateway lets clients in. */
  async start(): Promise<void> {
    const argument = JSON.stringify({ nodeID: this.nodeID, cluster: this.cluster });
    const child = fork(join(__dirname, 'node.ts'), [argument], { execArgv: [...this.execArgv] });
    this.child = child;
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`The node ${this.nodeID} has ended with ${String(code)}.`);
    });
    ended.catch(() => undefined);
    const [{ port }] = (await Promise.race([once(child, 'message'), ended])) as [{ port: number }];
    this.port = port;
    while (!(await this.isReady())) await new Promise((resolve) => setTimeout(resolve, 20));
  }

  /** Asks the process to end, as Kubernetes does, and resolves when it has drained and ended. */
  async stop(): Promise<void> {
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
    this.port = 0;
  }

  /** Asks the gateway whether clients are to come to it. */
  isReady(): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.port === 0) resolve(false);
      else
        request({ port: this.port, path: '/ready', agent: false }, (response) => {
          response.resume();
          resolve(response.statusCode === 200);
        })
          .on('error', () => resolve(false))
          .end();
    });
  }
}
