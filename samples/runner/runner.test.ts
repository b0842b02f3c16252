import { once } from 'node:events';
import { join } from 'node:path';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { freePort, RunnerProcess, ServiceFolder } from '../../test/support/runner-process';

describe('samples/runner', () => {
  let folder: ServiceFolder;
  let runner: RunnerProcess;
  let port: number;
  const clients: Socket[] = [];

  before(async function () {
    this.timeout(20_000);
    folder = new ServiceFolder(join(__dirname, 'services'));
    port = await freePort();
    const config = join(__dirname, 'moleculer.config.ts');
    runner = new RunnerProcess(['--config', config, '--mask', '**/*.service.ts', folder.path], {
      PORT: String(port),
    });
    await runner.started();
  });
  after(async () => {
    for (const client of clients) client.disconnect();
    expect(await runner?.stop()).to.equal(0);
    folder.remove();
  });

  const connect = async (namespace: string) => {
    const client = io(`http://localhost:${port}${namespace}`, { forceNew: true });
    clients.push(client);
    await once(client as never, 'connect');
    return client;
  };
  const greet = (client: Socket, name: string) =>
    new Promise((resolve, reject) => {
      client.emit('greet', name, (error: unknown, answer: unknown) => {
        if (error) reject(new Error(JSON.stringify(error)));
        else resolve(answer);
      });
    });
  /** The next return of a client that comes back by itself. */
  const comesBack = async (client: Socket) => {
    await once(client as never, 'disconnect');
    await once(client as never, 'connect');
  };

  it('reloads what has changed, and clients come back by themselves to the new behaviour', async () => {
    const greeter = await connect('/greeter');
    const board = await connect('/boards/tea');
    let lost = 0;
    board.on('disconnect', () => lost++);
    expect(await greet(greeter, 'Ada')).to.equal('Hello Ada, visit 1');

    // A file that the gateway imports; the service that counts goes on counting, the other gateway does not notice.
    const back = comesBack(greeter);
    folder.edit('words.ts', 'Hello', 'Good morning');
    await back;
    expect(await greet(greeter, 'Ada')).to.equal('Good morning Ada, visit 2');
    expect(lost).to.equal(0);

    // The file of a gateway of dynamic namespaces.
    const note = once(board as never, 'note');
    const returned = comesBack(board);
    folder.edit('board.service.ts', 'This is', 'Welcome to');
    await returned;
    expect(await note).to.deep.equal(['Welcome to /boards/tea']);
    expect(await greet(greeter, 'Ada')).to.equal('Good morning Ada, visit 3');
  }).timeout(20_000);
});
