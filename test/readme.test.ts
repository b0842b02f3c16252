import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ServiceBroker } from 'moleculer';
import * as socketIoClient from 'socket.io-client';
import ts from 'typescript';
import * as library from '../src';

const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');

/** The block of code behind a marker in the README. */
function example(name: string): string {
  const code = new RegExp(`<!-- example: ${name} -->\\s+\`\`\`\\w+\\n(.*?)\`\`\``, 's').exec(readme)?.[1];
  if (code === undefined) throw new Error(`the README has no example '${name}'`);
  return code;
}

/** Runs code as a CommonJS module that sees these modules in place of the installed ones. */
function run(code: string, modules: Record<string, unknown>, globals: Record<string, unknown> = {}): any {
  const { outputText } = ts.transpileModule(code, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      experimentalDecorators: true,
      emitDecoratorMetadata: true,
      esModuleInterop: true,
    },
  });
  const installed = createRequire(__filename);
  const names = ['exports', 'require', ...Object.keys(globals)];
  const exports = {};
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the README is ours
  const module = new Function(...names, outputText) as (...args: unknown[]) => void;
  module(exports, (name: string): unknown => modules[name] ?? installed(name), ...Object.values(globals));
  return exports;
}

describe('the README', () => {
  let broker: ServiceBroker | undefined;
  const clients: socketIoClient.Socket[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await broker?.stop();
  });

  it('has a complete gateway of 25 lines, and a client that it answers', async () => {
    const gateway = example('gateway')
      .replace('port: 3000', 'port: 0')
      .replace('new ServiceBroker()', 'new ServiceBroker({ logger: false })');
    expect(gateway.trimEnd().split('\n').length).to.be.at.most(30);

    broker = run(gateway.replace('void broker.start();', ''), { 'moleculer-socket-gateway': library })
      .broker as ServiceBroker;
    await broker.start();
    const { io } = broker.getLocalService('chat') as unknown as { io: { httpServer: Server } };
    const url = `http://localhost:${(io.httpServer.address() as AddressInfo).port}`;

    const connect = (path: string) => {
      const client = socketIoClient.io(path.replace('http://localhost:3000', url), { forceNew: true });
      clients.push(client);
      return client;
    };
    const logged = new Promise((resolve) => {
      run(example('client'), { 'socket.io-client': { io: connect } }, { console: { log: resolve } });
    });
    expect(await logged).to.have.all.keys('sentAt');
  });

  it('names every decorator, and none that there is not', () => {
    const exported = Object.keys(library).filter((name) => /^[A-Z]/.test(name));
    const apart = ['SocketGateway', 'SocketIOService', 'DeclarationError', 'Errors'];
    for (const name of exported.filter((one) => !apart.includes(one))) expect(readme).to.include(`@${name}(`);
    const foreign = ['Service', 'Action', 'Event', 'IsString', 'IsNotEmpty', 'MaxLength'];
    for (const [, name = ''] of readme.matchAll(/@([A-Z]\w+)\(/g)) {
      if (!foreign.includes(name)) expect(exported, name).to.include(name);
    }
  });
});
