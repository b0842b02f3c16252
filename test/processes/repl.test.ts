import { expect } from 'chai';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterwards } from '../support/endings';
import { connect, next, type Client } from '../support/run-gateway';
import type { ReplProcessOptions } from './repl/nodes';

const PROMPT = 'mol $ ';
const REQUIRED = ['../setup/moleculer-version.js', '../support/compile-once.js'];

/** A process whose standard input is a REPL. */
class ReplProcess {
  ports: number[] = [];
  private output = '';
  private onOutput = (): void => undefined;

  private constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (part: Buffer) => {
        this.output += part.toString();
        this.onOutput();
      });
  }

  static async start(options: ReplProcessOptions): Promise<ReplProcess> {
    // The REPL keeps its history in the home directory.
    const home = mkdtempSync(join(tmpdir(), 'repl-'));
    const args = REQUIRED.flatMap((name) => ['-r', join(__dirname, name)]);
    const child = spawn(
      process.execPath,
      [...args, join(__dirname, 'repl/nodes.ts'), JSON.stringify(options)],
      { env: { ...process.env, HOME: home, NO_COLOR: '1' }, stdio: 'pipe' },
    );
    afterwards(async () => {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
      rmSync(home, { recursive: true });
    });
    const repl = new ReplProcess(child);
    const [ports] = await repl.untilPrompt();
    repl.ports = JSON.parse(ports ?? '') as number[];
    return repl;
  }

  /** Runs a command. Returns the lines that it prints. */
  async run(command: string): Promise<string[]> {
    this.child.stdin?.write(`${command}\n`);
    return this.untilPrompt();
  }

  connect(node: number, user: object): Promise<Client> {
    return connect({ url: `http://localhost:${this.ports[node]}` }, '/chat', { auth: { user } });
  }

  private async untilPrompt(): Promise<string[]> {
    while (!this.output.includes(PROMPT)) {
      if (this.child.exitCode !== null) throw new Error(`the process has ended:\n${this.output}`);
      await new Promise<void>((resolve) => {
        this.onOutput = resolve;
      });
    }
    const at = this.output.indexOf(PROMPT);
    const printed = this.output.slice(0, at);
    this.output = this.output.slice(at + PROMPT.length);
    return printed.split('\n').filter((line) => line !== '');
  }
}

const NODES = { 'a node with a gateway': 'a', 'a node without gateways': 'c' } as const;

for (const [what, node] of Object.entries(NODES)) {
  describe(`the REPL of ${what}`, () => {
    it('lists sockets, sends to a room, and disconnects a user, on any node', async () => {
      const repl = await ReplProcess.start({ node });
      const [ann, bob, bobToo] = await Promise.all([
        repl.connect(0, { id: 1 }),
        repl.connect(1, { id: 'bob' }),
        repl.connect(0, { id: 'bob' }),
      ]);

      const [title, ...ids] = await repl.run('sockets chat');
      expect(title).to.match(/^chat \((a, b|b, a)\): 3 sockets$/);
      expect(ids.map((id) => id.trim())).to.have.members([ann.id, bob.id, bobToo.id]);
      expect(await repl.run('sockets'))
        .to.include('v2.status (b): 0 sockets')
        .and.to.have.length(5);
      expect((await repl.run('sockets chat --room tea'))[0]).to.match(/: 3 sockets in room 'tea'$/);
      expect((await repl.run('sockets chat -r 7'))[0]).to.match(/: 0 sockets in room '7'$/);

      const received = [ann, bob, bobToo].map((client) => next(client, 'notice'));
      expect(await repl.run(`emit-to chat tea notice '{ "text": "two  words", "n": 1 }'`)).to.deep.equal([
        "sent 'notice' to 3 sockets of chat in room 'tea'",
      ]);
      for (const args of received) expect(await args).to.deep.equal([{ text: 'two  words', n: 1 }]);
      const bare = next(ann, 'bare');
      expect(await repl.run('emit-to chat tea bare')).to.have.length(1);
      expect(await bare).to.deep.equal([]);

      const gone = [bob, bobToo].map((client) => next(client, 'disconnect'));
      expect(await repl.run('disconnect-user chat bob')).to.deep.equal([
        "disconnected 2 sockets of the user 'bob' from chat",
      ]);
      for (const reason of gone) expect((await reason)[0]).to.equal('io server disconnect');
      expect(await repl.run('disconnect-user chat 2')).to.deep.equal([
        "disconnected 0 sockets of the user '2' from chat",
      ]);
      const annGone = next(ann, 'disconnect');
      await repl.run('disconnect-user chat 1');
      await annGone;
    });

    it('lists events, and says what is wrong', async () => {
      const repl = await ReplProcess.start({ node });
      expect(await repl.run('socket-events chat')).to.deep.equal([
        'chat: 2 events',
        "  /chat 'remove'  chat.remove  needs admin or owner",
        "  /chat 'call'  proxy  calls math.*  needs a user",
      ]);
      expect(await repl.run('socket-events status')).to.deep.equal(['v2.status: 0 events']);
      const unknown = ["there is no gateway 'chta'; there are: chat, v2.status"];
      for (const command of [
        'sockets chta',
        'socket-events chta',
        'emit-to chta a b',
        'disconnect-user chta 1',
      ])
        expect(await repl.run(command)).to.deep.equal(unknown);
      expect((await repl.run('emit-to chat tea notice {text}')).join()).to.match(
        /^the payload is not JSON \(.+\); write it in single quotes: '\{ "text": "hi" \}'$/,
      );
      expect((await repl.run('emit-to chat tea disconnect')).join()).to.match(
        /^'chat\.broadcast' failed on [ab]: .+; [ab]: /,
      );
    });
  });
}

describe('the REPL of an application with commands of its own', () => {
  it('has those in place of commands of the same name', async () => {
    const repl = await ReplProcess.start({ node: 'a', own: 'command' });
    expect(await repl.run('sockets x')).to.deep.equal(['the application has its own']);
    expect(await repl.run('socket-events status')).to.deep.equal(['v2.status: 0 events']);
  });

  it('has its aliases, too', async () => {
    const repl = await ReplProcess.start({ node: 'a', own: 'alias' });
    expect(await repl.run('sockets')).to.deep.equal(['the application has its own']);
  });
});
