import { expect } from 'chai';
import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { BrokerOptions } from 'moleculer';
import { io as connect } from 'socket.io-client';
import { afterwards } from '../support/run-gateway';
import { Client } from './link-nodes';
import { describeOnTransporters, type Transport } from './link-servers';

const SETUP = [
  join(__dirname, '../setup/moleculer-version.js'),
  join(__dirname, '../support/compile-once.js'),
];

/** A node in a process of its own. */
class NodeProcess {
  private constructor(
    private readonly child: ChildProcess,
    readonly url: string,
    readonly version: string,
  ) {}

  static async start(
    transport: Transport,
    id: string,
    moleculer: string,
    broker: BrokerOptions,
  ): Promise<NodeProcess> {
    const settings = {
      id,
      namespace: `process-${process.pid}-${++started}`,
      transporter: transport.options(),
      broker,
    };
    settings.namespace = broker.namespace!;
    const child = fork(join(__dirname, 'link-process.ts'), [JSON.stringify(settings)], {
      execArgv: SETUP.flatMap((file) => ['-r', file]),
      env: { ...process.env, MOLECULER: moleculer },
    });
    afterwards(() => child.kill('SIGKILL'));
    const { url, version } = await reply<{ url: string; version: string }>(child, 'url');
    return new NodeProcess(child, url, version);
  }

  async call<T>(command: string, argument?: unknown): Promise<T> {
    const answered = reply<{ result: T; error?: string }>(this.child, 'result');
    this.child.send({ command, argument });
    const { result, error } = await answered;
    if (error !== undefined) throw new Error(error);
    return result;
  }

  /** Resolves when a listener of the node has been asked. */
  asked(): Promise<unknown> {
    return reply<{ asked: true }>(this.child, 'asked');
  }

  /** Waits until the link has these peers, or the registry lists these nodes. */
  async until(command: 'peers' | 'listed', ...ids: string[]): Promise<void> {
    for (;;) {
      const known = await this.call<string[]>(command);
      if (known.sort().join() === ids.join()) return;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async client(): Promise<Client> {
    const socket = connect(this.url, { transports: ['websocket'], forceNew: true, reconnection: false });
    afterwards(() => socket.disconnect());
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    return new Client(socket);
  }

  kill(): void {
    this.child.kill('SIGKILL');
  }
}

let started = 0;

function reply<T extends object>(child: ChildProcess, key: keyof T): Promise<T> {
  return new Promise((resolve) => {
    const listener = (message: T): void => {
      if (!(key in message)) return;
      child.off('message', listener);
      resolve(message);
    };
    child.on('message', listener);
  });
}

describe('nodes of a cluster in processes of their own', function () {
  this.timeout(120_000);

  describeOnTransporters(['TCP', 'NATS', 'Redis'], (transport) => {
    const broker = (): BrokerOptions => ({
      namespace: `process-${++started}`,
      heartbeatInterval: 0.5,
      heartbeatTimeout: 1,
      // Moleculer 0.14 and 0.15 refuse each other without it.
      transit: { disableVersionCheck: true },
    });

    it('reach each other with Moleculer 0.14 and 0.15', async () => {
      const options = broker();
      const old = await NodeProcess.start(transport(), 'n1', '0.14', options);
      const current = await NodeProcess.start(transport(), 'n2', '0.15', options);
      expect([old.version.slice(0, 4), current.version.slice(0, 4)]).to.deep.equal(['0.14', '0.15']);
      await Promise.all([old.until('peers', 'n2'), current.until('peers', 'n1')]);
      const clients = [await old.client(), await current.client()];
      await old.call('emit', 1);
      await current.call('emit', 2);
      for (const client of clients) {
        while (client.events.length < 2) await new Promise(setImmediate);
        expect(client.events).to.have.deep.members([
          ['hello', 1, Buffer.from('bytes')],
          ['hello', 2, Buffer.from('bytes')],
        ]);
      }
      const ids = clients.map(({ id }) => id);
      expect(await old.call('sockets')).to.have.members(ids);
      expect(await current.call('sockets')).to.have.members(ids);
    });

    it('do without one that is killed, and questions to it end when the registry knows', async () => {
      const options = broker();
      const major = process.env['MOLECULER'] ?? '0.15';
      const [one, two, three] = [
        await NodeProcess.start(transport(), 'n1', major, options),
        await NodeProcess.start(transport(), 'n2', major, options),
        await NodeProcess.start(transport(), 'n3', major, options),
      ];
      await Promise.all([
        one.until('peers', 'n2', 'n3'),
        two.until('peers', 'n1', 'n3'),
        three.until('peers', 'n1', 'n2'),
      ]);
      await one.until('listed', 'n1', 'n2', 'n3');
      await two.call('answer', 'two');
      await three.call('ignore');
      const answer = one.call('ask');
      await three.asked();
      three.kill();
      expect(await answer).to.deep.equal(['two']);
      await Promise.all([one.until('peers', 'n2'), two.until('peers', 'n1')]);
      // It starts again under the same id, and is a node like any other.
      const again = await NodeProcess.start(transport(), 'n3', major, options);
      const client = await again.client();
      await one.call('emit', 'again');
      expect(await client.until('hello')).to.deep.equal([['hello', 'again', Buffer.from('bytes')]]);
    });
  });
});
