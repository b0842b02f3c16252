import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { freePort, RunnerProcess, ServiceFolder } from '../../test/support/runner-process';

const INSTANCES = 2;

describe('samples/runner with --instances', function () {
  this.timeout(120_000);
  let folder: ServiceFolder;
  let runner: RunnerProcess;
  let port: number;
  const clients: Socket[] = [];

  before(async () => {
    folder = new ServiceFolder(join(__dirname, 'instances'));
    // In a copy of the folder the library is not where it was.
    folder.write('hall.service.ts', folder.read('hall.service.ts'));
    port = await freePort();
    const ports = [await freePort(), await freePort()];
    const config = join(__dirname, 'instances/moleculer.config.ts');
    const args = [
      '--config',
      config,
      '--instances',
      String(INSTANCES),
      '--mask',
      '*.service.ts',
      folder.path,
    ];
    runner = new RunnerProcess(args, {
      PORT: String(port),
      TRANSPORTER: `tcp://${ports.map((one, at) => `127.0.0.1:${one}/web-${at + 1}`).join(',')}`,
    });
    await runner.started(INSTANCES);
  });
  after(async () => {
    for (const client of clients) client.disconnect();
    await runner?.stop();
    folder.remove();
  });

  const connect = async (): Promise<Socket> => {
    const client = io(`http://localhost:${port}/hall`, { transports: ['websocket'], forceNew: true });
    clients.push(client);
    await once(client as never, 'connect');
    return client;
  };
  const ask = (client: Socket, event: string, ...args: unknown[]) =>
    new Promise<unknown>((resolve, reject) => {
      client.emit(event, ...args, (error: unknown, result: unknown) => {
        if (error) reject(new Error(JSON.stringify(error)));
        else resolve(result);
      });
    });

  it('is one gateway, and closes connections without losing an event when it is asked to end', async () => {
    // Until both instances have clients.
    const byInstance = new Map<unknown, Socket>();
    while (byInstance.size < INSTANCES) {
      const client = await connect();
      byInstance.set(await ask(client, 'work', 0), client);
    }
    expect([...byInstance.keys()].sort()).to.deep.equal(['web-1', 'web-2']);
    const [one, two] = [...byInstance.values()] as [Socket, Socket];

    const said = once(two as never, 'said');
    await ask(one, 'say', 'hello');
    expect(await said).to.deep.equal(['hello']);

    const reasons = Promise.all([one, two].map((client) => once(client as never, 'disconnect')));
    const answers = Promise.all([one, two].map((client) => ask(client, 'work', 500)));
    // These are answered later: those before have arrived.
    await Promise.all([one, two].map((client) => ask(client, 'work', 0)));
    const ended = runner.stop();
    expect((await answers).sort()).to.deep.equal(['web-1', 'web-2']);
    for (const [reason] of await reasons) expect(reason).to.equal('transport close');
    expect(await ended).to.equal(0);
  });
});
