import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect } from 'chai';
import * as classValidator from 'class-validator';
import { ServiceBroker } from 'moleculer';
import * as socketIoClient from 'socket.io-client';
import ts from 'typescript';
import * as library from '../../src';
import { markdownFiles } from './code-blocks';

/** The text of the whole documentation, file by file. */
const documentation = new Map(
  markdownFiles().map((file) => [file, readFileSync(join(__dirname, '../..', file), 'utf8')]),
);

/** Returns the block of code behind a marker, in whichever file it is. */
function example(name: string): string {
  const block = new RegExp(`<!-- example: ${name} -->\\s+\`\`\`\\w+\\n(.*?)\`\`\``, 's');
  const found = [...documentation.values()].flatMap((text) => block.exec(text)?.[1] ?? []);
  if (found.length !== 1)
    throw new Error(`the documentation has ${found.length} examples '${name}', not one`);
  return found[0] as string;
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
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the documentation is ours
  const module = new Function(...names, outputText) as (...args: unknown[]) => void;
  module(exports, (name: string): unknown => modules[name] ?? installed(name), ...Object.values(globals));
  return exports;
}

describe('the examples of the documentation', () => {
  let broker: ServiceBroker | undefined;
  const clients: socketIoClient.Socket[] = [];
  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    await broker?.stop();
  });

  /** Starts a broker of an example on any port, and says where its gateway is. */
  async function start(code: string, gateway: string): Promise<string> {
    const silent = code
      .replace('port: 3000', 'port: 0')
      .replace('new ServiceBroker()', 'new ServiceBroker({ logger: false })')
      .replace('void broker.start();', '');
    broker = run(silent, { 'moleculer-socket-gateway': library }).broker as ServiceBroker;
    await broker.start();
    const { io } = broker.getLocalService(gateway) as unknown as { io: { httpServer: Server } };
    return `http://localhost:${(io.httpServer.address() as AddressInfo).port}`;
  }

  /** Connects a client, which is closed after the test. */
  function connected(url: string): socketIoClient.Socket {
    const client = socketIoClient.io(url, { forceNew: true });
    clients.push(client);
    return client;
  }

  it('has a complete gateway of 25 lines, and a client that it answers', async () => {
    const gateway = example('gateway');
    expect(gateway.trimEnd().split('\n').length).to.be.at.most(30);
    const url = await start(gateway, 'chat');

    const connect = (path: string) => connected(path.replace('http://localhost:3000', url));
    const logged = new Promise((resolve) => {
      run(example('client'), { 'socket.io-client': { io: connect } }, { console: { log: resolve } });
    });
    expect(await logged).to.have.all.keys('sentAt');
  });

  it('has payloads of classes, arrays and schemas', async () => {
    const client = connected(`${await start(example('payloads'), 'article')}/articles`);
    const ask = (event: string, body: unknown) =>
      new Promise<unknown[]>((resolve) => {
        client.emit(event, body, (...answer: unknown[]) => resolve(answer));
      });
    const article = { title: 'Tea', author: { name: 'Ada' } };
    expect(await ask('publish', article)).to.deep.equal([null, true]);
    expect(await ask('import', [article, article])).to.deep.equal([null, 2]);
    expect(await ask('search', { text: 'tea' })).to.deep.equal([null, 'tea']);
    expect(await ask('list', 'tea')).to.deep.equal([null, 10]);
    const [error] = (await ask('publish', { title: 'Tea', author: { name: 'A' } })) as [any];
    const shown = /A payload that is refused.*?```js\n(.*?)```/s.exec(
      documentation.get('docs/payloads.md')!,
    )![1]!;
    expect(error).to.deep.equal(run(`exports.shown = ${shown}`, {}).shown);
    expect(await ask('search', { text: '' })).to.have.nested.property('[0].data[0].field', 'text');
  });

  it('has actions that are events', async () => {
    const client = connected(`${await start(example('exposing'), 'shop')}/shop`);
    expect(await client.emitWithAck('order.create', { item: 'tea' })).to.equal(null);
    const answer = new Promise((resolve) => {
      client.emit('order.create', { item: 'tea' }, (_error: unknown, order: unknown) => resolve(order));
    });
    expect(await answer).to.deep.equal({ id: 1, item: 'tea' });
    expect(await client.emitWithAck('order.list')).to.include({ code: 401 });
    expect(await client.emitWithAck('list')).to.include({ type: 'EVENT_NOT_FOUND' });
  });

  it('has a gateway in plain JavaScript', async () => {
    const module: { exports?: unknown } = {};
    const code = example('plain javascript').replace('port: 3000', 'port: 0');
    run(code, { 'moleculer-socket-gateway': library }, { module });
    broker = new ServiceBroker({ logger: false });
    broker.createService(module.exports as never);
    await broker.start();
    const { io } = broker.getLocalService('chat') as unknown as { io: { httpServer: Server } };
    const client = connected(`http://localhost:${(io.httpServer.address() as AddressInfo).port}/chat`);
    const ask = (event: string, body: unknown) =>
      new Promise<any>((resolve) => client.emit(event, body, (...answer: unknown[]) => resolve(answer)));
    expect(await ask('send', 'tea')).to.have.nested.property('[0].code', 401);
    expect(await ask('login', 'ada')).to.deep.equal([null, null]);
    expect(await ask('send', 'tea')).to.deep.equal([null, { by: 'ada', text: 'tea' }]);
    expect(await ask('send', 7)).to.have.nested.property('[0].code', 422);
  });

  it('has several calls at once', async () => {
    const math = `
      import { ServiceBroker } from 'moleculer';
      import { SocketEvent, SocketGateway, SocketNamespace, Errors } from 'moleculer-socket-gateway';
      @SocketNamespace('/', { name: 'calls', settings: { port: 3000 } })
      class CallGateway extends SocketGateway {
        @SocketEvent({ whitelist: ['math.*'], multi: true }) call;
      }
      export const broker = new ServiceBroker();
      broker.createService(CallGateway);
      broker.createService({
        name: 'math',
        actions: {
          add: ({ params: { a, b } }) => a + b,
          fail: () => { throw Object.assign(new Errors.BadRequestError(), { code: 418 }); },
        },
      });`;
    const socket = connected(await start(math, 'calls'));
    const logged = await new Promise<any[]>((resolve) => {
      const lines: unknown[] = [];
      const log = (line: unknown) => {
        if (lines.push(line) === 4) resolve(lines);
      };
      run(example('calls'), {}, { socket, console: { log } });
    });
    expect(logged).to.deep.include.members([[3, 7], { tea: 3, cups: 7 }, 418]);
    const [first, second] = logged.find((line) => Array.isArray(line) && line[0] !== 3) as [any, any];
    expect(first).to.deep.equal({ status: 'fulfilled', value: 3 });
    expect(second.status).to.equal('rejected');
    expect(second.reason).to.include({ code: 418 });
  });

  it('has a gateway that takes events to the clients that they are for', async () => {
    const code = example('forward')
      .replace('port: 3000', 'port: 0')
      .replace('new ServiceBroker()', 'new ServiceBroker({ logger: false })');
    broker = run(code, { 'moleculer-socket-gateway': library }).broker as ServiceBroker;
    await broker.start();
    const { io } = broker.getLocalService('order') as unknown as { io: { httpServer: Server } };
    const url = `http://localhost:${(io.httpServer.address() as AddressInfo).port}/orders`;
    const join = async (user: string) => {
      const client = socketIoClient.io(url, { forceNew: true, auth: { user } });
      clients.push(client);
      await new Promise((resolve) => client.on('connect', resolve as () => void));
      return client;
    };
    const received: unknown[] = [];
    const [ada, ben] = [await join('ada'), await join('ben')];
    ben.onAny((...args) => received.push(args));
    const updated = new Promise((resolve) => ada.on('order.updated', resolve));
    await broker.emit('order.updated', { id: 7, userID: 'ada', status: 'paid', margin: 3 });
    expect(await updated).to.deep.equal({ id: 7, status: 'paid' });
    expect(received).to.deep.equal([]);
  });

  it('has a file that exports a gateway', async () => {
    const code = example('service file').replace('process.env.PORT ?? 3000', '0');
    const { default: ChatGateway } = run(code, { 'moleculer-socket-gateway': library });
    broker = new ServiceBroker({ logger: false });
    const { name } = broker.createService(ChatGateway);
    await broker.start();
    const { io } = broker.getLocalService(name) as unknown as { io: { httpServer: Server } };
    const client = socketIoClient.io(
      `http://localhost:${(io.httpServer.address() as AddressInfo).port}/chat`,
      { forceNew: true },
    );
    clients.push(client);
    const answer = await new Promise((resolve) =>
      client.emit('hello', (...args: unknown[]) => resolve(args)),
    );
    expect(answer).to.deep.equal([null, 'Hello']);
  });

  it('has options of a broker for metrics and traces', async () => {
    const code = example('observability')
      .replace('port: 3030', 'port: 0')
      .replace("type: 'Console'", "type: 'Console', options: { logger: () => undefined }");
    const { options } = run(code, {});
    broker = new ServiceBroker({ ...options, logger: false, skipProcessEventRegistration: true });
    await broker.start();
    expect(broker.isMetricsEnabled() && broker.isTracingEnabled()).to.equal(true);
    const { reporter } = broker.metrics as unknown as { reporter: { server: Server }[] };
    const { port } = reporter[0]!.server.address() as AddressInfo;
    const response = await fetch(`http://localhost:${port}/metrics`, { headers: { connection: 'close' } });
    expect(response.status).to.equal(200);
  });

  it('names every decorator, and none that there is not', () => {
    const exported = Object.keys(library).filter((name) => /^[A-Z]/.test(name));
    const apart = ['SocketGateway', 'SocketIOService', 'DeclarationError', 'Errors'];
    for (const name of exported.filter((one) => !apart.includes(one)))
      expect(documentation.get('docs/decorators.md')).to.include(`@${name}(`);
    const foreign = [
      ...Object.keys(classValidator),
      ...['Service', 'Action', 'Event', 'Method', 'Type', 'Transform', 'Expose', 'Exclude', 'JSONSchema'],
      // Of other libraries, on the page about moving.
      ...[
        'WebSocketGateway',
        'SubscribeMessage',
        'UsePipes',
        'UseGuards',
        'UseInterceptors',
        'UseFilters',
        'Roles',
      ],
      ...[
        'WebSocketServer',
        'SocketController',
        'OnMessage',
        'MessageAck',
        'EmitOnSuccess',
        'EmitOnFail',
        'Middleware',
      ],
    ];
    for (const [file, text] of documentation) {
      if (file === 'CHANGELOG.md') continue;
      for (const [, name = ''] of text.matchAll(/@([A-Z]\w+)\(/g)) {
        if (!foreign.includes(name)) expect(exported, `${name} in ${file}`).to.include(name);
      }
    }
  });
});
