import { expect } from 'chai';
import { run } from '../../src/cli/run';
import { newFolder, tsconfig } from './run-cli';

const CHAT = `
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
@SocketNamespace('/chat')
export class ChatGateway extends SocketGateway {
  @SocketEvent() send(@MessageBody() text: string) { return text.length; }
}
`;

describe('the command types', function () {
  this.timeout(600_000);

  it('writes a file, leaves it alone if nothing has changed, and checks it however it is formatted', async () => {
    const folder = newFolder({ 'tsconfig.json': tsconfig(), 'src/chat.gateway.ts': CHAT });
    const command = ['types', 'src/**/*.gateway.ts', '--out', 'web/gateway.ts'];
    expect((await folder.run(...command, '--check')).complained).to.equal(
      "web/gateway.ts does not exist. Write it: npx moleculer-socket-gateway types 'src/**/*.gateway.ts' --out web/gateway.ts",
    );
    expect((await folder.run(...command)).said).to.equal('web/gateway.ts written: 1 gateway, 1 event.');
    expect((await folder.run(...command)).said).to.equal('web/gateway.ts is up to date: 1 gateway, 1 event.');
    folder.write('web/gateway.ts', folder.read('web/gateway.ts').replaceAll(';', '').replaceAll('  ', '\t'));
    expect(await folder.run(...command, '--check')).to.include({ exitCode: 0, complained: '' });

    folder.write('src/chat.gateway.ts', CHAT.replace('return text.length', 'return text'));
    const { exitCode, complained } = await folder.run(...command, '--check');
    expect(exitCode).to.equal(1);
    expect(complained.split('\n').map((line) => line.replace(/^([-+ ]) +/, '$1 '))).to.deep.equal([
      'web/gateway.ts is not up to date (- is in the file, + is missing):',
      '  ] | [',
      '  text: string,',
      '- ack: AckOf<number>',
      '+ ack: AckOf<string>',
      '  ]) => void;',
      '  };',
      '  …',
      '  /** The events with their results. */',
      '  calls: {',
      '- send: (text: string) => number;',
      '+ send: (text: string) => string;',
      '  };',
      '  /** What clients send to log in. */',
      "Write it: npx moleculer-socket-gateway types 'src/**/*.gateway.ts' --out web/gateway.ts",
    ]);
  });

  it('tells what cannot be sent, with its place, and leaves the file as it is', async () => {
    const folder = newFolder({
      'tsconfig.json': tsconfig(),
      'src/a.gateway.ts': CHAT.replace(
        'return text.length',
        'return { seats: new Map([[text, 1]]), at: 1n }',
      ),
      'web/gateway.ts': '// as it was',
    });
    const { exitCode, complained } = await folder.run('types', 'src/*.ts', '--out', 'web/gateway.ts');
    expect(exitCode).to.equal(1);
    expect(complained.split('\n')).to.have.length(2);
    expect(complained).to.match(
      /^src\/a\.gateway\.ts:5:18: ChatGateway\.send: in its result, 'seats'.* is a Map, which cannot be sent; give an object/m,
    );
    expect(complained).to.match(/'at'.* is a bigint, which cannot be sent; give its text/m);
    expect(folder.read('web/gateway.ts')).to.equal('// as it was');
  });

  it('tells what TypeScript cannot find or read', async () => {
    const folder = newFolder({
      'tsconfig.json': tsconfig(),
      'src/a.gateway.ts': CHAT.replace('text: string', "text: import('./missing').Text"),
      'src/b.gateway.ts': 'export class {',
    });
    const { complained } = await folder.run('types', 'src/*.ts');
    expect(complained).to.match(
      /^src\/a\.gateway\.ts:5:\d+: ChatGateway\.send: its argument 'text' has a type that cannot be found; npx tsc --noEmit says why$/m,
    );
    expect(complained).to.match(/^src\/b\.gateway\.ts:1:\d+: /m);
  });

  it('reads monorepos: path aliases, references to projects that are not built, gateways that inherit from packages', async () => {
    const library = `
      import { MessageBody, SocketEvent, SocketGateway } from 'moleculer-socket-gateway';
      import type { Entity } from './entity';
      export abstract class CrudGateway<T extends Entity> extends SocketGateway {
        /** Finds one. */
        @SocketEvent() find(@MessageBody() id: string): T | undefined { void id; return undefined; }
      }`;
    const gateway = `
      import { SocketNamespace } from 'moleculer-socket-gateway';
      import { CrudGateway } from '@shared/crud';
      interface User { id: string; born: Date }
      @SocketNamespace('/users') export class UserGateway extends CrudGateway<User> {}`;
    const folder = newFolder({
      'tsconfig.json': JSON.stringify({
        files: [],
        references: [{ path: 'packages/shared' }, { path: 'packages/api' }],
      }),
      'packages/shared/tsconfig.json': tsconfig({
        composite: true,
        noEmit: false,
        outDir: 'dist',
        rootDir: 'src',
      }),
      'packages/shared/src/entity.ts': 'export interface Entity { id: string }',
      'packages/shared/src/crud.ts': library,
      'packages/api/tsconfig.json': withAlias(),
      'packages/api/src/users.gateway.ts': gateway,
    });
    const { complained, said } = await folder.run(
      'types',
      'packages/api/src/*.gateway.ts',
      '--project',
      'tsconfig.json',
    );
    expect(complained).to.equal('');
    expect(said).to.include('/** Finds one. */').and.include('find: (id: string) => User2 | null');
    expect(said).to.match(/export interface User2 \{\n {2}id: string;\n {2}born: string;/);
  });

  it('tells of ancestors that cannot be read: their events would be missing', async () => {
    const gateway = (from: string): string => `
      import { SocketNamespace } from 'moleculer-socket-gateway';
      import { BaseGateway } from '${from}';
      @SocketNamespace('/x') export class XGateway extends BaseGateway {}`;
    const folder = newFolder({
      'tsconfig.json': tsconfig(),
      'src/lost.gateway.ts': gateway('./nowhere'),
      'src/compiled.gateway.ts': gateway('../compiled/base'),
      'compiled/base.d.ts': `
        import { SocketGateway } from 'moleculer-socket-gateway';
        export declare abstract class BaseGateway extends SocketGateway { find(id: string): string; }`,
    });
    const lost = await folder.run('types', 'src/lost.gateway.ts');
    expect(lost.exitCode).to.equal(1);
    expect(lost.complained).to.equal(
      'src/lost.gateway.ts:4:60: XGateway: extends a class that cannot be found; npx tsc --noEmit says why',
    );
    const compiled = await folder.run('types', 'src/compiled.gateway.ts', '--out', 'web/gateway.ts');
    expect(compiled).to.include({ exitCode: 0, said: 'web/gateway.ts written: 1 gateway, 0 events.' });
    expect(compiled.complained).to.match(
      /^src\/compiled\.gateway\.ts:4:43: XGateway: extends BaseGateway \(compiled\/base\.d\.ts:3:9\), of which only the declarations are at hand; the events that it declares are not in the file\. For those of your own packages, add references to tsconfig\.json, or paths to their sources$/,
    );
  });

  it('has Buffer for clients in Node.js', async () => {
    const folder = newFolder({
      'tsconfig.json': tsconfig(),
      'src/a.gateway.ts': CHAT.replace('return text.length', 'return Buffer.from(text)'),
    });
    expect((await folder.run('types', 'src/*.ts')).said).to.include('send: (text: string) => ArrayBuffer;');
    expect((await folder.run('types', 'src/*.ts', '--node')).said).to.include(
      'send: (text: string) => Buffer;',
    );
  });

  it('writes again when a source changes, and survives mistakes', async () => {
    const folder = newFolder({ 'tsconfig.json': tsconfig(), 'src/chat.gateway.ts': CHAT });
    const ending = new AbortController();
    const lines: string[] = [];
    let told: () => void = () => undefined;
    const tell = (line: string): void => {
      lines.push(line);
      told();
    };
    const until = async (text: string): Promise<void> => {
      while (!lines.some((line) => line.includes(text)))
        await new Promise<void>((resolve) => (told = resolve));
    };
    const ended = run(['types', 'src/**/*.gateway.ts', '--out', 'web/gateway.ts', '--watch'], {
      folder: folder.path,
      say: tell,
      complain: tell,
      signal: ending.signal,
    });
    await until('written: 1 gateway, 1 event.');
    folder.write('src/chat.gateway.ts', CHAT.replace('return text.length', 'return new Set(text)'));
    await until('is a Set, which cannot be sent');
    folder.write(
      'src/chat.gateway.ts',
      CHAT.replace('@SocketEvent()', '@SocketEvent() other(): void {} @SocketEvent()'),
    );
    await until('written: 1 gateway, 2 events.');
    expect(folder.read('web/gateway.ts')).to.include('other: () => null');
    folder.write('src/rooms/room.gateway.ts', CHAT.replace('ChatGateway', 'RoomGateway'));
    await until('written: 2 gateways, 3 events.');
    ending.abort();
    expect(await ended).to.equal(0);
  });

  it('says what is wrong with a command line', async () => {
    const folder = newFolder({ 'src/a.ts': 'export {}' });
    const cases: [args: string[], text: RegExp, exitCode: number][] = [
      [['typs'], /^There is no command 'typs'\. There are contract and types\./, 2],
      [['types'], /^Which files have gateways\?/, 2],
      [['types', 'src/*.ts', '--chek'], /^Unknown option '--chek'/, 2],
      [['types', 'src/*.ts', '--check'], /^--check needs --out/, 2],
      [['types', 'src/*.ts', '--watch'], /^--watch needs --out/, 2],
      [['types', 'src/*.ts', '--out', 'a.js'], /^--out must be a file ending in \.ts, not 'a\.js'\./, 2],
      [['types', 'source/*.ts'], /^There is no file that matches 'source\/\*\.ts' in /, 1],
      [
        ['types', 'src/*.ts'],
        /^The file has no class with @SocketNamespace of moleculer-socket-gateway\.$/,
        1,
      ],
    ];
    for (const [args, text, exitCode] of cases) {
      const { complained, ...result } = await folder.run(...args);
      expect(complained).to.match(text);
      expect(result.exitCode).to.equal(exitCode);
    }
    expect((await folder.run('--help')).said).to.match(/^Usage:/);
  });
});

function withAlias(): string {
  const config = JSON.parse(tsconfig({ composite: true, noEmit: false, outDir: 'dist' })) as {
    compilerOptions: { paths: Record<string, string[]> };
  };
  config.compilerOptions.paths['@shared/*'] = ['../shared/src/*'];
  return JSON.stringify({ ...config, references: [{ path: '../shared' }] });
}
