import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { BrokerOptions } from 'moleculer';
import { io as connect, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { afterwards } from '../support/run-gateway';
import type { Transport } from './link-servers';

const SETUP = [
  join(__dirname, '../setup/moleculer-version.js'),
  join(__dirname, '../support/compile-once.js'),
];
const DEFAULT_FILE = 'gateway-process.ts';

let clusters = 0;

/** What a node answers if it fails. */
export type NodeFailure = Error & { code?: unknown; type?: unknown };

/** Nodes in processes of their own that see each other. */
export class ProcessCluster {
  private readonly namespace = `gateways-${process.pid}-${++clusters}`;

  constructor(private readonly transport: Transport) {}

  /** Starts a node, and resolves when its broker has started. */
  start(id: string, options: NodeSettings = {}): Promise<ProcessNode> {
    return ProcessNode.start(id, options, {
      namespace: this.namespace,
      transporter: this.transport.options(),
      heartbeatInterval: 0.5,
      heartbeatTimeout: 2,
      // Moleculer 0.14 and 0.15 refuse each other without it.
      transit: { disableVersionCheck: true },
      ...options.broker,
    });
  }

  /** Starts nodes one after the other, and resolves when each reaches all others. */
  async startAll(...ids: string[]): Promise<ProcessNode[]> {
    const nodes: ProcessNode[] = [];
    for (const id of ids) nodes.push(await this.start(id));
    await Promise.all(nodes.map((node) => node.untilPeers(...ids.filter((id) => id !== node.id))));
    return nodes;
  }
}

export interface NodeSettings {
  /** The major of Moleculer. Default: that of the tests. */
  readonly moleculer?: string;
  readonly broker?: BrokerOptions;
  /** The file that a node runs. Default: gateway-process.ts. */
  readonly file?: string;
  /** Starts a node without gateways that sends this event. */
  readonly attacks?: string;
}

export class ProcessNode {
  private readonly waiting = new Map<
    number,
    { resolve: (result: never) => void; reject: (failure: NodeFailure) => void }
  >();
  private asked = 0;

  private constructor(
    readonly id: string,
    private readonly child: ChildProcess,
    readonly url: string,
    readonly version: string,
  ) {
    child.on('message', (answer: { id: number; result: never; error?: NodeFailure }) => {
      const asker = this.waiting.get(answer.id);
      this.waiting.delete(answer.id);
      if (answer.error) asker?.reject(Object.assign(new Error(answer.error.message), answer.error));
      else asker?.resolve(answer.result);
    });
    child.once('exit', (code, signal) => {
      const failure = new Error(`node ${id} has ended with ${String(code ?? signal)}`);
      for (const { reject } of this.waiting.values()) reject(failure);
    });
  }

  static async start(
    id: string,
    { moleculer = process.env['MOLECULER'] ?? '0.15', attacks, file = DEFAULT_FILE }: NodeSettings,
    broker: BrokerOptions,
  ): Promise<ProcessNode> {
    const child = fork(join(__dirname, file), [JSON.stringify({ id, broker, attacks })], {
      execArgv: SETUP.flatMap((file) => ['-r', file]),
      env: { ...process.env, MOLECULER: moleculer },
    });
    afterwards(() => child.kill('SIGKILL'));
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`node ${id} has ended with ${code} before it was ready`);
    });
    ended.catch(() => undefined);
    const [{ ready }] = (await Promise.race([once(child, 'message'), ended])) as [
      { ready: { url: string; version: string } },
    ];
    return new ProcessNode(id, child, ready.url, ready.version);
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  ask<T = unknown>(command: string, argument?: unknown): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.waiting.set(++this.asked, { resolve, reject });
      this.child.send({ id: this.asked, command, argument });
    });
  }

  /** Calls an action of this node. */
  call<T = unknown>(action: string, params: object = {}): Promise<T> {
    return this.ask('call', { action, params });
  }

  /** Resolves when the gateway reaches exactly these nodes. The timeout of the test ends it. */
  async untilPeers(...ids: string[]): Promise<void> {
    while ((await this.ask<string[]>('peers')).sort().join() !== ids.sort().join())
      await new Promise((done) => setTimeout(done, 10));
  }

  async client(
    namespace = '/x',
    options: Partial<ManagerOptions & SocketOptions> = {},
  ): Promise<ProcessClient> {
    const client = new ProcessClient(this.url + namespace, options);
    await client.connected();
    return client;
  }

  /** Ends the process as `kill -9` does. */
  async kill(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }

  /** Stops the broker, and ends the process. */
  async stop(): Promise<void> {
    await this.ask('stop');
    const ended = once(this.child, 'exit');
    this.child.disconnect();
    await ended;
  }
}

/** A client that remembers what it was sent. */
export class ProcessClient {
  readonly received: unknown[][] = [];
  readonly socket: Socket;
  private readonly checks = new Set<() => void>();

  constructor(url: string, options: Partial<ManagerOptions & SocketOptions> = {}) {
    this.socket = connect(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      ...options,
    });
    afterwards(() => this.socket.disconnect());
    this.socket.onAny((...event: unknown[]) => {
      this.received.push(event);
      for (const check of [...this.checks]) check();
    });
  }

  get id(): string {
    return this.socket.id!;
  }

  connected(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.socket.connected) resolve();
      this.socket.once('connect', resolve);
      if (!this.socket.io.reconnection()) this.socket.once('connect_error', reject);
    });
  }

  /** Resolves with the arguments of the first event of this name, which may have come already. */
  until(event: string, ...start: unknown[]): Promise<unknown[]> {
    return new Promise((resolve) => {
      const check = (): void => {
        const found = this.received.find(
          ([name, ...args]) => name === event && start.every((value, at) => value === args[at]),
        );
        if (!found) return;
        this.checks.delete(check);
        resolve(found.slice(1));
      };
      this.checks.add(check);
      check();
    });
  }
}
