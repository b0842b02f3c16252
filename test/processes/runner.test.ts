import { once } from 'node:events';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import ts from 'typescript';
import { freePort, RunnerProcess, ServiceFolder } from '../support/runner-process';

/** The file of a gateway, in TypeScript. */
const gateway = (name: string, path: string, says: string, port?: number) => `
import { Ctx, OnConnect, SocketEvent, SocketGateway, SocketNamespace } from '../../src';

@SocketNamespace('${path}', { name: '${name}'${port === undefined ? '' : `, settings: { port: ${port} }`} })
export default class OneGateway extends SocketGateway {
  @SocketEvent()
  say() {
    return '${says}';
  }
  @SocketEvent()
  async slow(ctx) {
    ctx.socket.emit('running');
    await new Promise((resolve) => setTimeout(resolve, 60_000));
  }
}
`;

/** As a build leaves it, with module.exports in place of a default export. */
const compiled = (code: string) =>
  ts
    .transpileModule(code, {
      compilerOptions: {
        module: ts.ModuleKind.CommonJS,
        target: ts.ScriptTarget.ES2022,
        experimentalDecorators: true,
        emitDecoratorMetadata: true,
      },
    })
    .outputText.replace(/^exports\.default = .*$/gm, '')
    .concat('\nmodule.exports = OneGateway;\n');

describe('moleculer-runner with hot reload', () => {
  let folder: ServiceFolder;
  let runner: RunnerProcess;
  /** The port of three gateways, and that of another. */
  let ports: number[];
  const clients: Socket[] = [];

  before(async function () {
    this.timeout(30_000);
    folder = new ServiceFolder();
    ports = [await freePort(), await freePort()];
    folder.write('one.service.ts', gateway('one', '/one', 'one', ports[0]));
    folder.write('tenants.service.ts', gateway('tenants', '/tenants/:id', 'tenants', ports[0]));
    folder.write('stays.service.ts', gateway('stays', '/stays', 'stays', ports[0]));
    folder.write('alone.service.js', compiled(gateway('alone', '/alone', 'alone', ports[1])));
    runner = new RunnerProcess(['--hot', '--mask', '*.service.{js,ts}', folder.path]);
    await runner.started();
  });
  after(async () => {
    for (const client of clients) client.disconnect();
    expect(await runner?.stop()).to.equal(0);
    folder.remove();
  });

  /** A client as everybody has it: it comes back by itself. */
  async function connect(port: number | undefined, namespace: string): Promise<Socket> {
    const client = io(`http://localhost:${port}${namespace}`, { forceNew: true, transports: ['websocket'] });
    clients.push(client);
    await once(client as never, 'connect');
    return client;
  }
  const say = (client: Socket) =>
    new Promise((resolve, reject) => {
      client.emit('say', (error: any, said: unknown) =>
        error ? reject(new Error(error.message)) : resolve(said),
      );
    });
  const comesBack = async (client: Socket) => {
    await once(client as never, 'disconnect');
    await once(client as never, 'connect');
  };

  it('starts a gateway again that is alone on its server, from JavaScript with module.exports', async () => {
    const client = await connect(ports[1], '/alone');
    expect(await say(client)).to.equal('alone');
    client.emit('slow', () => expect.fail('the call of before was answered'));
    await once(client as never, 'running');
    const back = comesBack(client);
    folder.edit('alone.service.js', "return 'alone'", "return 'alone again'");
    await back;
    expect(await say(client)).to.equal('alone again');
  }).timeout(20_000);

  it('starts gateways again beside another, also of dynamic namespaces, while calls are running', async () => {
    const stays = await connect(ports[0], '/stays');
    let lost = 0;
    stays.on('disconnect', () => lost++);
    const [one, tenant] = [await connect(ports[0], '/one'), await connect(ports[0], '/tenants/5')];
    expect(await Promise.all([one, tenant].map(say))).to.deep.equal(['one', 'tenants']);
    one.emit('slow', () => expect.fail('the call of before was answered'));
    await once(one as never, 'running');
    const back = Promise.all([one, tenant].map(comesBack));
    folder.edit('one.service.ts', "return 'one'", "return 'two'");
    folder.edit('tenants.service.ts', "return 'tenants'", "return 'new tenants'");
    await back;
    expect(await Promise.all([one, tenant].map(say))).to.deep.equal(['two', 'new tenants']);
    expect(await say(stays)).to.equal('stays');
    expect(lost).to.equal(0);
  }).timeout(20_000);

  it('keeps clients waiting while a file has mistakes, and says which', async () => {
    const client = await connect(ports[0], '/one');
    const errors: string[] = [];
    client.on('connect_error', (error) => errors.push(error.message));
    const knock = once(client.io as never, 'reconnect');
    const reported = runner.printed(
      'OneGateway.say: the name of an event must be a string that is not empty',
    );
    folder.edit('one.service.ts', '@SocketEvent()\n  say()', "@SocketEvent('')\n  say()");
    await Promise.all([reported, knock]);
    const back = once(client as never, 'connect');
    folder.edit(
      'one.service.ts',
      /@SocketEvent\(''\)\n {2}say\(\) \{\n.*$/m,
      "@SocketEvent()\n  say() {\n    return 'cured';",
    );
    await back;
    expect(await say(client)).to.equal('cured');
    expect(errors).to.deep.equal([]);
  }).timeout(20_000);

  it('takes up a gateway whose file is added', async () => {
    folder.write('added.service.ts', gateway('added', '/added', 'added', ports[0]));
    await runner.printed("Service 'added' started.");
    expect(await say(await connect(ports[0], '/added'))).to.equal('added');
  }).timeout(20_000);
});
