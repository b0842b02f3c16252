import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { COMPILER_OPTIONS, makeFolder, tsconfig, type Folder } from './run-cli';

const GATEWAY = `
import { IsInt, IsOptional, IsString } from 'class-validator';
import type { Context } from 'moleculer';
import type { Readable } from 'node:stream';
import type { Socket } from 'socket.io';
import {
  Ack, type ActionProxy, Authenticate, Ctx, ForwardEvent, MessageBody, MessageStream, SocketEvent, SocketGateway, SocketNamespace,
  type SocketContext,
} from 'moleculer-socket-gateway';

/** A message that is not there yet. */
export class NewMessage {
  @IsString() room!: string;
  /** What it says. */
  @IsString() text!: string;
  @IsOptional() @IsInt() priority = 1;
}
class Money { constructor(private readonly cents: number) {} toJSON() { return this.cents / 100; } }
interface Tree { name: string; children: Tree[] }
interface Page<Item> { items: Item[]; next?: number }
enum Color { Red = 'red', Blue = 'blue' }
interface ToClient {
  /** Somebody has written. */
  message(message: { at: Date; text: string }): void;
  typing(name: string): void;
}
interface User { id: number }
abstract class Base<Entity> extends SocketGateway<ToClient, User> {
  /** Finds one by its id. */
  @SocketEvent('find')
  find(@MessageBody({ type: Number }) id: number): Promise<Entity | undefined> { void id; return Promise.resolve(undefined); }
}
const CREATED = 'thing.created' as const;

/** The chat. */
@SocketNamespace('/chat')
export class ChatGateway extends Base<{ id: number; born: Date }> {
  @Authenticate()
  authenticate(socket: Socket): User | undefined {
    const { token } = socket.handshake.auth as { token?: string };
    return token === undefined ? undefined : { id: 1 };
  }
  /** Sends a message. */
  @SocketEvent('message')
  send(@MessageBody() message: NewMessage, @Ctx() ctx: SocketContext) { void ctx; void message; return { id: 1, at: new Date() }; }
  @SocketEvent() nothing(): void {}
  @SocketEvent() price() { return { total: new Money(5), color: Color.Red as Color, big: Buffer.from('') }; }
  @SocketEvent() tree(): Tree { return { name: '', children: [] }; }
  @SocketEvent() page(): Page<Tree> { return { items: [] }; }
  @SocketEvent() pair(@MessageBody(0) one: string, @MessageBody(1, { type: Number, optional: true }) other?: number): [string, number] { return [one, other ?? 0]; }
  @SocketEvent() own(@MessageBody() text: string, @Ack() ack: (answer: unknown) => void) { ack(text); }
  @SocketEvent() async *rows(@MessageBody() room: string) { yield { room, at: new Date() }; }
  /** Saves a picture. */
  @SocketEvent() async photo(@MessageBody() name: string, @MessageStream() stream: Readable) { void stream; return { url: name }; }
  @SocketEvent('attach', { stream: {} }) attach(ctx: SocketContext<{ id: number }>) { return Boolean(ctx.stream); }
  @SocketEvent('files', { aliases: { get: 'files.get' }, mappingPolicy: 'restrict', streams: true }) files!: ActionProxy;
  @SocketEvent('call', { aliases: { add: 'math.add' }, mappingPolicy: 'restrict' }) call!: ActionProxy;
  @ForwardEvent(CREATED) created_(ctx: Context<{ id: number }>) { return { id: ctx.params.id, when: new Date() }; }
}

@SocketNamespace('/object', { ack: 'object', sends: { tick: [Number, NewMessage] } })
export class TickerGateway extends SocketGateway {
  @SocketEvent() start(@MessageBody() every: number) { return every > 0 ? { every } : undefined; }
}
`;

const IMPORTS = `
import { io, type Socket } from 'socket.io-client';
import { typed, CallError } from 'moleculer-socket-gateway/client';
import type { Chat, Ticker, NewMessage } from './gateway';
const socket: Socket<Chat['toClient'], Chat['toServer']> = io('/chat');
const chat = typed<Chat>(socket, { auth: () => ({ token: 'secret' }) });
const ticker = typed<Ticker>(io('/object'));
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A>() => <B>(_: Same<A, B>) => undefined;
void [socket, chat, ticker, same, CallError]; export type Unused = NewMessage;
`;

/** Statements of a client that compile. */
const COMPILE = [
  `socket.emit('message', { room: 'tea', text: 'hi', priority: 2 });`,
  `socket.emit('message', { room: 'tea', text: 'hi' });`,
  `socket.emit('message', { room: 'tea', text: 'hi' }, (error, result) => { if (error) error.code; else result.id.toFixed(); });`,
  `socket.emit('pair', 'a'); socket.emit('pair', 'a', 1); socket.emit('pair', 'a', (error, result) => result?.[1].toFixed());`,
  `socket.emit('pair', 'a', 1, (error) => error); socket.emit('pair', 'a', null, (error) => error);`,
  `socket.emit('nothing'); socket.emit('nothing', (error) => error);`,
  `void socket.emitWithAck('message', { room: 'tea', text: 'hi' });`,
  `socket.on('message', ({ at, text }) => { at.toUpperCase(); text.trim(); });`,
  `socket.on('thing.created', ({ id, when }) => { id.toFixed(); when.toUpperCase(); });`,
  `void chat.call('message', { room: 'tea', text: 'hi' }).then((r) => same<typeof r>()<{ id: number; at: string }>(true));`,
  `void chat.call('nothing').then((r) => same<typeof r>()<null>(true));`,
  `void chat.call('find', 3).then((r) => { if (r) r.born.toUpperCase(); same<typeof r>()<{ id: number; born: string } | null>(true); });`,
  `void chat.call('price').then((r) => { same<typeof r.total>()<number>(true); r.color === 'red'; same<typeof r.big>()<ArrayBuffer>(true); });`,
  `void chat.call('tree').then((r) => r.children[0]?.children[0]?.name.trim());`,
  `void chat.call('page').then((r) => r.items[0]?.children.length);`,
  `void chat.call('pair', 'a').then((r) => same<typeof r>()<[string, number]>(true)); void chat.call('pair', 'a', 2);`,
  `void chat.call('call', 'add', { a: 1 });`,
  `const off: () => void = chat.on('typing', (name) => name.trim()); off();`,
  `void (async () => { for await (const row of chat.stream('rows', 'tea')) same<typeof row>()<{ room: string; at: string }>(true); });`,
  `void chat.upload('photo', 'a', new Uint8Array(1)).then((r) => same<typeof r>()<{ url: string }>(true));`,
  `void chat.upload('photo', 'a', new Blob([]), { onProgress: (sent, total) => sent / (total ?? 1), signal: AbortSignal.timeout(5) });`,
  `void chat.upload('attach', { id: 1 }, new Uint8Array(1)).then((r) => same<typeof r>()<boolean>(true)); void chat.call('attach', { id: 1 });`,
  `void chat.upload('files', 'get', { id: 1 }, new Uint8Array(1)); void chat.call('files', 'get');`,
  `void (async () => { for await (const one of chat.stream('files', 'get', { id: 1 })) void one; });`,
  `void chat.with({ timeout: 5, signal: AbortSignal.timeout(5), idempotent: true }).call('nothing');`,
  `void ticker.call('start', 5).then((r) => same<typeof r>()<{ every: number } | undefined>(true));`,
  `ticker.on('tick', (n, message) => { n.toFixed(); message.text.trim(); });`,
  `void typed<Chat>(io('/chat'), { auth: async () => ({ token: 'x' }), onUnauthorized: (error) => error.message, timeout: 5 });`,
];

/** Statements of a client that must not compile. */
const DO_NOT_COMPILE = [
  `socket.emit('mesage', { room: 'tea', text: 'hi' });`,
  `socket.emit('message', { room: 'tea' });`,
  `socket.emit('message', { room: 5, text: 'hi' });`,
  `socket.emit('message');`,
  `socket.emit('nothing', 5);`,
  `socket.emit('pair', 'a', 'b');`,
  `socket.on('mesage', () => undefined);`,
  `socket.on('typing', (name: number) => name);`,
  `void chat.call('mesage');`,
  `void chat.call('message', { text: 'hi' });`,
  `void chat.call('message', { room: 'tea', text: 'hi' }, 5);`,
  `void chat.call('find', 'x');`,
  `void chat.call('call', 'math.add');`,
  `void chat.call('photo', 'a');`,
  `void chat.upload('photo', 5, new Uint8Array(1));`,
  `void chat.upload('photo', 'a');`,
  `void chat.upload('message', { room: 'tea', text: 'hi' }, new Uint8Array(1));`,
  `void chat.stream('photo', 'a');`,
  `void chat.stream('call', 'add');`,
  `void chat.call('rows', 'tea');`,
  `void chat.stream('message', { room: 'tea', text: 'hi' });`,
  `void chat.call('message', { room: 'tea', text: 'hi' }).then((r) => r.text);`,
  `void chat.call('message', { room: 'tea', text: 'hi' }).then((r) => r.at.getTime());`,
  `chat.on('left', () => undefined);`,
  `void typed<Chat>(socket, { auth: () => ({ token: 5 }) });`,
  `void chat.with({ timout: 5 }).call('nothing');`,
];

describe('the types of gateways', () => {
  let folder: Folder;
  let text: string;

  before(async function () {
    this.timeout(600_000);
    folder = makeFolder({ 'tsconfig.json': tsconfig(), 'src/chat.gateway.ts': GATEWAY });
    const { exitCode, complained, said } = await folder.run(
      'types',
      'src/*.gateway.ts',
      '--out',
      'web/gateway.ts',
    );
    expect(complained).to.equal('');
    expect(exitCode).to.equal(0);
    expect(said).to.equal('web/gateway.ts written: 2 gateways, 18 events.');
    text = folder.read('web/gateway.ts');
  });
  after(() => folder.remove());

  it('carry doc comments over', () => {
    for (const comment of [
      'The chat.',
      'Sends a message.',
      'Somebody has written.',
      'Finds one by its id.',
      'What it says.',
    ])
      expect(text).to.include(comment);
  });

  it('are one file that imports nothing', () => {
    expect(text).to.not.match(/\bimport\b/);
  });

  it('let clients write what the gateway takes, and nothing else', function () {
    this.timeout(600_000);
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
    const wrong = clients.flatMap(({ statement, file }, at) => {
      const source = program.getSourceFile(join(folder.path, file));
      const errors = program
        .getSemanticDiagnostics(source)
        .map((one) => ts.flattenDiagnosticMessageText(one.messageText, '\n'));
      if (at < COMPILE.length) return errors.map((error) => `${statement} does not compile: ${error}`);
      return errors.length === 1 ? [] : [`${statement} has ${errors.length} errors: ${errors.join('; ')}`];
    });
    expect(wrong).to.deep.equal([]);
    const generated = program.getSourceFile(join(folder.path, 'web/gateway.ts'));
    expect(program.getSemanticDiagnostics(generated)).to.deep.equal([]);
  });
});
