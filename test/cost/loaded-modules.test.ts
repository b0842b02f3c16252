import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';

const ROOT = join(__dirname, '../..');
const REQUIRED = ['test/setup/moleculer-version.js', 'test/support/compile-once.js'];

/** Libraries and parts of this one that only some gateways need. */
const SELDOM = [
  'node_modules/class-validator/',
  'node_modules/class-transformer/',
  'node_modules/class-validator-jsonschema/',
  'node_modules/rate-limiter-flexible/',
  'node_modules/socket.io-client/',
  'src/contract/',
  'src/explorer/',
];

/** Returns the files that a process of its own has loaded when it has run a program. */
function loadedBy(program: string): string[] {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      ...REQUIRED.flatMap((file) => ['-r', join(ROOT, file)]),
      '-e',
      `const before = new Set(Object.keys(require.cache));
      const library = () => require(${JSON.stringify(join(ROOT, 'src'))});
      (async () => { ${program} })().then(() => {
        process.stdout.write(JSON.stringify(Object.keys(require.cache).filter((file) => !before.has(file))), () => process.exit());
      });`,
    ],
    { cwd: ROOT, encoding: 'utf8' },
  );
  expect(stderr).to.equal('');
  return (JSON.parse(stdout) as string[]).map((file) => file.slice(ROOT.length + 1).replaceAll('\\', '/'));
}

/** Returns which parts that few gateways need are among some files. */
const seldomAmong = (files: readonly string[]): string[] =>
  SELDOM.filter((part) => files.some((file) => file.includes(part)));

const START = `
  const { ServiceBroker } = require('moleculer');
  const { SocketEvent, SocketGateway, SocketNamespace, decorate } = library();
  class ChatGateway extends SocketGateway { say() { return 'hi'; } }
  const Chat = decorate(ChatGateway, [SocketNamespace('/chat', { settings: { port: 0, ip: '127.0.0.1' } })], { say: SocketEvent() });
  const broker = new ServiceBroker({ logger: false });
  broker.createService(Chat);
  await broker.start();
  await broker.call('chat.listEvents');
  await broker.stop();`;

describe('the modules that are loaded', function () {
  this.timeout(120_000);

  it('by the main entry are the decorators, and not what runs a gateway', () => {
    const files = loadedBy('library();');
    expect(seldomAmong(files)).to.deep.equal([]);
    const own = files.filter((file) => file.startsWith('src/'));
    expect(own.filter((file) => file.startsWith('src/compiler/'))).to.deep.equal([]);
    // 54 when this was written; with compiler and runtime there are over 400.
    expect(own.length).to.be.within(40, 90);
  });

  it('by a gateway are not the libraries and parts that it does not use', () => {
    expect(seldomAmong(loadedBy(START))).to.deep.equal([]);
  });

  it('are those of class-validator when a payload has a class', () => {
    const files = loadedBy(
      START.replace('say: SocketEvent()', "say: SocketEvent('say', { payload: Note })").replace(
        'class ChatGateway',
        `const { IsString } = require('class-validator');
        class Note {}
        IsString()(Note.prototype, 'text');
        class ChatGateway`,
      ),
    );
    expect(files.some((file) => file.endsWith('src/validation/check-class.ts'))).to.equal(true);
  });

  it('are those of the contract when somebody asks for it', () => {
    const files = loadedBy(START.replace("'chat.listEvents'", "'chat.contract'"));
    expect(seldomAmong(files)).to.include('src/contract/');
  });

  it('are those of SocketIOService with its first use', () => {
    const isMixin = (file: string): boolean => file.endsWith('src/moleculer-io/socket-io-service.ts');
    expect(loadedBy('library();').some(isMixin)).to.equal(false);
    expect(loadedBy("library().SocketIOService.name === 'io' || process.exit(1);").some(isMixin)).to.equal(
      true,
    );
  });
});
