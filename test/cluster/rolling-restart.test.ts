import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { io, type ManagerOptions, type Socket, type SocketOptions } from 'socket.io-client';
import { afterwards } from '../support/run-gateway';
import { describeOnTransporters, type Transport } from './link-servers';

const FILE = join(__dirname, 'restarted-process.ts');
const SETUP = [
  join(__dirname, '../setup/moleculer-version.js'),
  join(__dirname, '../support/compile-once.js'),
];
/** Clients of each kind. */
const CLIENTS = 6;
/** Events that a client without retries keeps under way. */
const UNDER_WAY = 3;

const DRAIN = { window: 1_000, grace: 60_000 };

/** A node in a process of its own. */
class Node {
  url = '';
  private readonly child: ChildProcess;
  private readonly file: string;
  private readonly ended: Promise<unknown[]>;

  constructor(id: string, folder: string, transport: Transport) {
    this.file = join(folder, id);
    const broker = { nodeID: id, namespace: `restart-${process.pid}`, transporter: transport.options() };
    this.child = fork(FILE, [JSON.stringify({ broker, file: this.file, drain: DRAIN })], {
      execArgv: SETUP.flatMap((path) => ['-r', path]),
    });
    this.ended = once(this.child, 'exit');
    afterwards(() => this.child.kill('SIGKILL'));
  }

  async started(): Promise<void> {
    const failed = this.ended.then(([code]) =>
      Promise.reject(new Error(`the node has ended with ${String(code)}`)),
    );
    failed.catch(() => undefined);
    const [{ url }] = (await Promise.race([once(this.child, 'message'), failed])) as [{ url: string }];
    this.url = url;
  }

  /** Ends the node as an orchestrator does. */
  async terminate(): Promise<void> {
    this.child.kill('SIGTERM');
    expect(await this.ended).to.deep.equal([0, null]);
  }

  /** The events that have run, in order. */
  get ran(): string[] {
    return readFileSync(this.file, 'utf8').split('\n').slice(0, -1);
  }
}

/** What became of the events of a client. */
interface Outcomes {
  readonly sent: string[];
  readonly answers: Map<string, unknown[]>;
  readonly disconnects: string[];
}

/** Clients that go to any of the nodes, whether it is ready or not: a load balancer that notices late. */
class Load {
  readonly outcomes: Outcomes[] = [];
  private readonly sockets: Socket[] = [];
  private readonly working: Promise<void>[] = [];
  private isOver = false;

  constructor(private readonly nodes: readonly Node[]) {}

  /** Keeps events under way until the load ends. Those of a client that is disconnected are given up. */
  addPlain(transports: string[]): void {
    const { socket, outcomes, name } = this.connect({ transports });
    let underWay = 0;
    let number = 0;
    const idle = this.whenOver(() => underWay === 0);
    const work = (): void => {
      while (!this.isOver && socket.connected && underWay < UNDER_WAY) {
        const id = `${name}.${++number}`;
        underWay++;
        outcomes.sent.push(id);
        socket.emit('count', id, (error: unknown, result: unknown) => {
          this.note(outcomes, id, error ?? result);
          underWay--;
          work();
          idle.check();
        });
      }
    };
    socket.on('connect', () => {
      underWay = 0;
      work();
    });
    socket.on('disconnect', () => {
      underWay = 0;
      idle.check();
    });
  }

  /** Sends one event after the other, each until it is answered. */
  addRetrying(transports: string[]): void {
    const { socket, outcomes, name } = this.connect({ transports, retries: 10_000, ackTimeout: 60_000 });
    let isPending = false;
    let number = 0;
    const idle = this.whenOver(() => !isPending);
    const work = (): void => {
      if (this.isOver) return;
      const id = `${name}.${++number}`;
      isPending = true;
      outcomes.sent.push(id);
      socket.emit('count', id, (lost: unknown, error: unknown, result: unknown) => {
        this.note(outcomes, id, lost ?? error ?? result);
        isPending = false;
        work();
        idle.check();
      });
    };
    work();
  }

  /** Resolves when so many more events are answered. */
  async answered(count: number): Promise<void> {
    const before = this.count;
    while (this.count < before + count) await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Ends the load, and resolves when nothing is under way. */
  async end(): Promise<void> {
    this.isOver = true;
    for (const check of this.checks) check();
    await Promise.all(this.working);
    for (const socket of this.sockets) socket.disconnect();
  }

  private readonly checks: (() => void)[] = [];

  private get count(): number {
    return this.outcomes.reduce((sum, { answers }) => sum + answers.size, 0);
  }

  private whenOver(isIdle: () => boolean): { check(): void } {
    let check = (): void => undefined;
    this.working.push(
      new Promise((resolve) => {
        check = () => {
          if (this.isOver && isIdle()) resolve();
        };
      }),
    );
    this.checks.push(check);
    return { check };
  }

  private note({ answers }: Outcomes, id: string, answer: unknown): void {
    answers.set(id, [...(answers.get(id) ?? []), answer]);
  }

  private connect(options: Partial<ManagerOptions & SocketOptions>): {
    socket: Socket;
    outcomes: Outcomes;
    name: string;
  } {
    const socket = io(`${this.any().url}/x`, {
      forceNew: true,
      reconnectionDelay: 20,
      reconnectionDelayMax: 200,
      ...options,
    });
    this.sockets.push(socket);
    afterwards(() => socket.disconnect());
    const outcomes: Outcomes = { sent: [], answers: new Map(), disconnects: [] };
    this.outcomes.push(outcomes);
    socket.on('disconnect', (reason) => {
      if (!this.isOver) outcomes.disconnects.push(reason);
    });
    socket.on('connect_error', () => {
      // Refused as a namespace: a client is not to come back by itself then.
      if (!socket.active) socket.connect();
    });
    socket.io.on('reconnect_attempt', () => Object.assign(socket.io, { uri: this.any().url }));
    return { socket, outcomes, name: `c${this.outcomes.length}` };
  }

  private any(): Node {
    return this.nodes[Math.floor(Math.random() * this.nodes.length)]!;
  }
}

describe('a rolling restart under load', function () {
  this.timeout(120_000);

  describeOnTransporters(['TCP'], (transport) => {
    it('leaves no accepted event unanswered, and with retries loses nothing and runs nothing twice', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'restart-'));
      afterwards(() => rmSync(folder, { recursive: true }));
      const all = ['n1', 'n2', 'n3', 'n4'].map((id) => new Node(id, folder, transport()));
      await Promise.all(all.map((node) => node.started()));
      const [one, two, three, four] = all as [Node, Node, Node, Node];
      const serving = [one, two];
      const load = new Load(serving);
      for (let at = 0; at < CLIENTS; at++) {
        const transports = [['websocket'], ['polling'], ['polling', 'websocket']][at % 3]!;
        load.addPlain(transports);
        load.addRetrying(transports);
      }
      await load.answered(400);

      for (const [old, replacement] of [
        [one, three],
        [two, four],
      ] as const) {
        serving.push(replacement);
        await old.terminate();
        serving.splice(serving.indexOf(old), 1);
        await load.answered(400);
      }
      await load.end();

      const ran = new Map<string, number>();
      for (const node of all) for (const id of node.ran) ran.set(id, (ran.get(id) ?? 0) + 1);
      const answers = new Map(load.outcomes.flatMap((outcomes) => [...outcomes.answers]));
      const unanswered = [...ran.keys()].filter((id) => !answers.has(id));
      expect(unanswered, 'accepted and unanswered').to.deep.equal([]);
      expect(
        [...ran].filter(([, times]) => times > 1),
        'run twice',
      ).to.deep.equal([]);
      for (const [id, got] of answers) expect(got, id).to.deep.equal([id]);
      for (const [at, { sent, answers: own }] of load.outcomes.entries())
        if (at % 2 === 1)
          expect(
            sent.filter((id) => !own.has(id)),
            'lost with retries',
          ).to.deep.equal([]);
      // Every client was moved, and every node has served.
      for (const { disconnects } of load.outcomes) {
        expect(disconnects).to.not.deep.equal([]);
        // A client over polling that is slow to ask again meets an error.
        for (const reason of disconnects) expect(reason).to.be.oneOf(['transport close', 'transport error']);
      }
      for (const node of all) expect(node.ran).to.not.deep.equal([]);
    });
  });
});
