import { expect } from 'chai';
import { join } from 'node:path';
import { parse } from 'yaml';
import { newFolder } from './run-cli';

// The library of this repository, as a compiled file of an application requires it.
const LIBRARY = JSON.stringify(join(__dirname, '../../src'));
const gateway = (event: string, path = '/chat'): string => `
  const { SocketGateway, SocketNamespace, SocketEvent, decorate } = require(${LIBRARY});
  class ChatGateway extends SocketGateway { send() {} }
  exports.ChatGateway = decorate(ChatGateway, [SocketNamespace('${path}')], { send: SocketEvent('${event}', { payload: String }) });
`;

describe('the command contract', () => {
  it('writes a document of compiled gateways as YAML or JSON, with the name and version of the package', async () => {
    const folder = newFolder({
      'package.json': JSON.stringify({ name: 'shop', version: '1.2.3' }),
      'dist/chat.gateway.js': gateway('send'),
      'dist/other.gateway.js': `module.exports = { list: [require('./chat.gateway').ChatGateway] };`,
    });
    const files = 'dist/**/*.gateway.js';
    const { exitCode, said } = await folder.run('contract', files, '--out', 'asyncapi.yaml');
    expect(said).to.equal('asyncapi.yaml written: 1 gateway, 1 event.');
    expect(exitCode).to.equal(0);
    const document = parse(folder.read('asyncapi.yaml')) as Record<string, unknown>;
    expect(document).to.deep.include({ asyncapi: '3.1.0', info: { title: 'shop', version: '1.2.3' } });
    expect((await folder.run('contract', files, '--out', 'a/b.json')).exitCode).to.equal(0);
    expect(JSON.parse(folder.read('a/b.json'))).to.deep.equal(document);
    const named = await folder.run(
      'contract',
      files,
      '--title',
      'Chat',
      '--api-version',
      '2',
      '--server',
      'wss://a.example:8080/x',
    );
    expect(parse(named.said)).to.deep.include({
      info: { title: 'Chat', version: '2' },
      servers: { default: { host: 'a.example:8080', protocol: 'wss', pathname: '/x' } },
    });
  });

  it('checks a document, however it is formatted, and shows the difference', async () => {
    const folder = newFolder({ 'dist/chat.gateway.js': gateway('send') });
    const command = ['contract', 'dist/*.js', '--out', 'asyncapi.json'];
    await folder.run(...command);
    folder.write('asyncapi.json', JSON.stringify(JSON.parse(folder.read('asyncapi.json'))));
    expect(await folder.run(...command, '--check')).to.include({ exitCode: 0, complained: '' });
    folder.write('asyncapi.json', folder.read('asyncapi.json').replaceAll('send', 'post'));
    const { exitCode, complained } = await folder.run(...command, '--check');
    expect(exitCode).to.equal(1);
    expect(complained).to.match(/^asyncapi\.json is not up to date/);
    expect(complained)
      .to.match(/^- +name: post$/m)
      .and.to.match(/^\+ +name: send$/m);
    expect(complained).to.match(
      /Write it: npx moleculer-socket-gateway contract 'dist\/\*\.js' --out asyncapi\.json$/,
    );
  });

  it('loads ES modules', async () => {
    const folder = newFolder({
      'package.json': '{ "type": "module" }',
      'chat.js': `import { createRequire } from 'node:module';
        const require = createRequire(import.meta.url); const exports = {}; ${gateway('send')}
        export default exports.ChatGateway;`,
    });
    expect((await folder.run('contract', 'chat.js')).said).to.match(/^asyncapi: 3\.1\.0/);
  });

  it('says what is wrong with a file or a gateway', async () => {
    const folder = newFolder({
      'throws.js': `throw new Error('no database');`,
      'none.js': `exports.a = 1;`,
      'foreign.js': `class SocketGateway {} exports.A = class A extends SocketGateway {};`,
      'wrong.js': gateway('send', 'a/:b-c'),
    });
    const complaint = async (file: string) => (await folder.run('contract', file)).complained;
    expect(await complaint('throws.js')).to.match(/^throws\.js cannot be loaded\.\nError: no database/);
    expect(await complaint('none.js')).to.match(
      /^The file exports no class with @SocketNamespace\. Name the compiled files/,
    );
    expect(await complaint('foreign.js')).to.match(/another copy of moleculer-socket-gateway/);
    expect(await complaint('wrong.js')).to.match(
      /^ChatGateway cannot be used as a gateway, its declaration has a mistake/,
    );
    expect((await folder.run('contract', 'none.js', '--out', 'a.txt')).complained).to.match(
      /^--out must be a file ending in \.yaml/,
    );
  });
});
