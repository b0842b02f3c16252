import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { COMPILER_OPTIONS, makeFolder, tsconfig, type Folder } from './run-cli';

const GATEWAYS = `
import { SocketEvent, SocketGateway, SocketNamespace, type PresenceMessage } from 'moleculer-socket-gateway';

interface Account { id: number; name: string; born: Date }
interface ToClient { message(text: string): void }
interface ToPage { presence(message: PresenceMessage): void }
interface Shown { info: { name: string; since: Date }; meta: { isTyping: boolean } }

/** Info and meta are the type argument. */
@SocketNamespace('/declared', { presence: { of: ({ id }: Account) => ({ id }) } })
export class DeclaredGateway extends SocketGateway<ToClient, Account, Shown> { @SocketEvent() ping() { return 1; } }

/** Info is what \`of\` returns. */
@SocketNamespace('/returned', {
  presence: {
    of(account: Account | undefined) {
      return account && { id: account.id, name: account.name, born: account.born, nick: undefined as string | undefined };
    },
    rooms: 'room:*',
  },
})
export class ReturnedGateway extends SocketGateway<ToClient, Account> { @SocketEvent() ping() { return 1; } }

const PRESENCE = { grace: 5 };
/** Nothing else says what is sent. */
@SocketNamespace('/ids', { presence: PRESENCE })
export class IdsGateway extends SocketGateway { @SocketEvent() ping() { return 1; } }

const SILENT = false as const;
@SocketNamespace('/silent', { presence: { notify: SILENT } })
export class SilentGateway extends SocketGateway<ToClient> { @SocketEvent() ping() { return 1; } }

@SocketNamespace('/own', { presence: {} })
export class OwnGateway extends SocketGateway<ToPage> { @SocketEvent() ping() { return 1; } }
`;

const IMPORTS = `
import { io, type Socket } from 'socket.io-client';
import { typed } from 'moleculer-socket-gateway/client';
import type { Declared, Ids, Own, Returned, Silent } from './gateway';
const declared: Socket<Declared['toClient']> = io('/declared');
const returned: Socket<Returned['toClient']> = io('/returned');
const ids: Socket<Ids['toClient']> = io('/ids');
const silent: Socket<Silent['toClient']> = io('/silent');
const own: Socket<Own['toClient']> = io('/own');
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A>() => <B>(_: Same<A, B>) => undefined;
void [declared, returned, ids, silent, own, same, typed];
`;

const COMPILE = [
  `declared.on('presence', (message) => { if ('state' in message) message.state[0]?.info.since.toUpperCase(); else message.leaves[0]?.id; });`,
  `declared.on('presence', (message) => { if ('joins' in message) message.updates[0]?.devices[0]?.meta?.isTyping === true; });`,
  `declared.on('message', (text) => text.trim());`,
  `returned.on('presence', (message) => { if ('state' in message) for (const { info } of message.state) same<typeof info>()<{ name: string; born: string; nick?: string }>(true); });`,
  `ids.on('presence', ({ room }) => room.trim()); ids.on('whatever', (one: number) => one);`,
  `own.on('presence', (message) => message.room.trim());`,
  `typed<Declared>(declared).presence('room:tea').on((users) => users.map(({ info, devices }) => { info.name.trim(); return devices[0]?.meta?.isTyping; }));`,
  `typed<Returned>(returned).presence().list().map(({ info }) => info.born.toUpperCase());`,
  `typed<Silent>(silent).presence<{ name: string }>().list().map(({ info }) => info.name.trim());`,
  `typed<Ids>(ids).presence().list().map(({ id }) => id);`,
  `typed(ids).presence().list().map(({ id }) => id);`,
];

const DO_NOT_COMPILE = [
  `declared.on('presence', (message) => { if ('state' in message) message.state[0]?.info.since.getTime(); });`,
  `declared.on('presence', (message) => message.state);`,
  `returned.on('presence', (message) => { if ('state' in message) message.state[0]?.info.id; });`,
  `ids.on('presence', (message: number) => message);`,
  `silent.on('presence', () => undefined);`,
  `typed<Declared>(declared).presence().list().map(({ info }) => info.surname);`,
  `typed<Declared>(declared).presence().list().map(({ devices }) => devices[0]?.meta?.isWriting);`,
];

describe('the types of presence', function () {
  this.timeout(600_000);
  let folder: Folder;

  before(async () => {
    folder = makeFolder({ 'tsconfig.json': tsconfig(), 'src/all.gateway.ts': GATEWAYS });
    const { exitCode, complained } = await folder.run('types', 'src/*.gateway.ts', '--out', 'web/gateway.ts');
    expect(complained).to.equal('');
    expect(exitCode).to.equal(0);
  });
  after(() => folder.remove());

  it('are those of what clients get of users, by themselves', () => {
    const clients = [...COMPILE, ...DO_NOT_COMPILE].map((statement, at) => ({
      statement,
      file: `web/client${at}.ts`,
    }));
    for (const { statement, file } of clients) folder.write(file, `${IMPORTS}\n${statement}\n`);
    const options = ts.convertCompilerOptionsFromJson(COMPILER_OPTIONS, folder.path).options;
    const program = ts.createProgram(
      clients.map(({ file }) => join(folder.path, file)),
      options,
      ts.createCompilerHost(options),
    );
    const errorsIn = (file: string): string[] =>
      program
        .getSemanticDiagnostics(program.getSourceFile(join(folder.path, file)))
        .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
    const wrong = clients.flatMap(({ statement, file }, at) => {
      const errors = errorsIn(file);
      if (at < COMPILE.length) return errors.map((error) => `${statement} does not compile: ${error}`);
      return errors.length === 1 ? [] : [`${statement} has ${errors.length} errors: ${errors.join('; ')}`];
    });
    expect(wrong).to.deep.equal([]);
    expect(errorsIn('web/gateway.ts')).to.deep.equal([]);
  });
});
