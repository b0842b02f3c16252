import { expect } from 'chai';
import { IsInt } from 'class-validator';
import { Errors, type Context, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import {
  Authenticate,
  Errors as GatewayErrors,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketIOService,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import {
  ask,
  CollectingLogger,
  connect,
  newClient,
  refused,
  start,
  type Client,
  type Running,
} from '../support/run-in-memory';

const LOGS = {
  logRequest: 'info',
  logRequestParams: 'info',
  logResponse: 'info',
  logClientConnection: 'info',
  logBroadcastRequest: 'info',
  logRouteRegistration: 'info',
  log4XXResponses: true,
} as const;

/** Texts that forge lines, colour a terminal, turn the direction of writing or fill a disk. */
const HOSTILE: Record<string, string> = {
  'a line': 'x.y\nERROR all is lost',
  'a carriage return': 'x.y\rERROR all is lost',
  'a line of Unicode': 'x.y\u2028ERROR\u2029all is lost',
  'a zero': 'x.y\u0000z',
  'a colour': 'x.y\u001b[31mred\u001b[0m',
  'the other direction': 'x.y\u202etxet',
  'a C1 control': 'x.y\u009b31m\u0085z',
  'half a pair': 'x.y\ud83d',
  'a long name': `x.${'y'.repeat(200)}`,
  'a very long name': `x.${'z'.repeat(1000)}`,
  'a long line': `x.\nERROR all is lost${'w'.repeat(1000)}`,
};

/** Characters that nothing may show; line feeds stand in descriptions of errors, tabs nowhere. */
const CONTROLS = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/;
const HALF_PAIR = /[\ud800-\udbff](?![\udc00-\udfff])/;
/** A line that nobody has written but the client. */
const FORGED = /\n(ERROR|all is lost)/;

class Item {
  @IsInt()
  count!: number;
}

const math: ServiceSchema = {
  name: 'math',
  actions: {
    echo: (ctx: Context) => ctx.params,
    lookUp: (ctx: Context<{ name: string }>) => ctx.call(ctx.params.name),
    checked: {
      params: { $$strict: true, text: { type: 'string', pattern: /^[a-z]{1,5}$/ } },
      handler: () => 1,
    },
  },
};

@SocketNamespace(['/x', '/tenants/:id'], {
  name: 'gateway',
  settings: { port: 0, ...LOGS },
  limits: { ackTimeout: 100 },
  validation: { whitelist: true, forbidNonWhitelisted: true },
})
class ShownGateway extends SocketGateway {
  @Authenticate()
  who(socket: Socket) {
    const { reason } = socket.handshake.auth as { reason?: string };
    if (reason !== undefined) throw new Error(`nobody knows ${reason}`);
  }
  @SocketEvent({ whitelist: ['**', 'gateway.*'], multi: true })
  call!: ActionProxy;

  @SocketEvent()
  validated(@MessageBody() item: Item) {
    return item.count;
  }
  @SocketEvent()
  fail(@MessageBody() text: string) {
    throw new Error(`cannot find ${text}`);
  }
  @SocketEvent()
  lookUp(ctx: SocketContext<string>) {
    return ctx.call(ctx.params);
  }
}

@SocketNamespace('/all', { name: 'all', settings: { port: 0, ...LOGS } })
class CatchAllGateway extends SocketGateway {
  @SocketEvent('*')
  any(ctx: SocketContext) {
    if (ctx.params === 'fail') throw new Error('no');
    if (ctx.params === 'refuse') throw new GatewayErrors.ForbiddenError();
    return ctx.params;
  }
}

describe('what a client sends is shown without control characters and at most 100 characters:', () => {
  let logger: CollectingLogger;
  let running: Running;
  let client: Client;

  beforeEach(async () => {
    logger = new CollectingLogger();
    running = await start([ShownGateway, CatchAllGateway, math], { logger, internalServices: true });
    client = await connect(running, '/x');
    logger.lines.length = 0;
  });

  /** Looks at all that was logged, and at all that was answered. */
  function check(text: string, answers: unknown[]): void {
    const lines = logger.lines.map((line) => line.text);
    const strings = answers.flatMap(stringsIn);
    const clientRun = text.slice(0, 101);
    for (const shown of [...lines, ...strings]) {
      expect(shown).not.to.match(CONTROLS);
      expect(shown).not.to.match(HALF_PAIR);
      expect(shown).not.to.match(FORGED);
      if (text.length > 100) expect(shown).not.to.include(clientRun);
      expect(shown).not.to.match(/y{101}|z{101}|w{101}/);
    }
    for (const shown of strings) expect(shown).not.to.include('\n');
    logger.lines.length = 0;
  }

  /** All keys and strings of a value. */
  function stringsIn(value: unknown): string[] {
    if (typeof value === 'string') return [value];
    if (typeof value !== 'object' || value === null) return [];
    return Object.entries(value).flatMap(([key, entry]) => [key, ...stringsIn(entry)]);
  }

  for (const [what, text] of Object.entries(HOSTILE)) {
    it(`${what} as the name of an event`, async () => {
      const { error } = await ask(client, text, text);
      expect(error).to.include({ code: 404, type: 'EVENT_NOT_FOUND' });
      expect(logger.having(`${client.id} sent '`)).to.have.length(1);
      expect(logger.having("type: 'EVENT_NOT_FOUND'")).to.have.length(1);
      const all = await connect(running, '/all');
      const answers = [];
      for (const param of ['echo', 'fail', 'refuse']) answers.push(await ask(all, text, param));
      check(text, [error, ...answers]);
    });

    it(`${what} as the name of an action`, async () => {
      const { error } = await ask(client, 'call', text, { text });
      expect(error).to.include({ code: 404, type: 'SERVICE_NOT_FOUND' });
      expect(logger.having('SERVICE_NOT_FOUND')).to.have.length(1);
      const several = await ask(client, 'call', [{ action: text }], { settled: true });
      const first = await ask(client, 'call', { a: { action: text, params: text } });
      expect(first.error).to.include({ code: 404 });
      const prefixed = await ask(client, 'call', `math.${text}`);
      check(text, [error, several, first, prefixed]);
      expect(logger.having('is not registered')).to.deep.equal([]);
    });

    it(`${what} as the name of an action that an action or a handler calls`, async () => {
      const answers = [
        await ask(client, 'call', 'math.lookUp', { name: text }),
        await ask(client, 'lookUp', text),
      ];
      for (const { error } of answers) expect(error).to.include({ code: 404, type: 'SERVICE_NOT_FOUND' });
      // The application has called it: what Moleculer itself logs of that is not the gateway's.
      logger.lines.splice(0, Infinity, ...logger.lines.filter((line) => /^(gateway|all):/i.test(line.text)));
      check('', answers);
    });

    it(`${what} as the name of a call among several`, async () => {
      const answers = [
        await ask(client, 'call', { [text]: { action: 'math.echo' } }),
        await ask(client, 'call', { [text]: 7 }),
        await ask(client, 'call', { [text]: { action: 'math.echo', [text]: 1 } }, { settled: true }),
        await ask(client, 'call', [{ action: 'math.echo' }], { [text]: 1 }),
      ];
      for (const { error } of answers) expect(error).to.include({ code: 400 });
      check(text, answers);
    });

    it(`${what} as params, keys of params and results`, async () => {
      const params = { [text]: text, deep: [{ [text]: [text, { text }] }], list: Array(300).fill(text) };
      expect((await ask(client, 'call', 'math.echo', params)).error).to.equal(null);
      expect(logger.having('   params')).to.have.length(1);
      expect(logger.having('<= response')).to.have.length(1);
      for (const line of logger.lines) expect(line.text.length).to.be.lessThan(20_000);
      check(text, []);
    });

    it(`${what} in a payload that is not valid`, async () => {
      const answers = [
        await ask(client, 'validated', { count: text }),
        await ask(client, 'validated', { count: 1, [text]: text }),
        await ask(client, 'call', 'math.checked', { text, [text]: text }),
        await ask(client, 'call', 'math.checked', { text }),
      ];
      for (const { error } of answers) expect(error).to.include({ code: 422 });
      check(text, answers);
    });

    it(`${what} in the message of an error that is masked`, async () => {
      const { error } = await ask(client, 'fail', text);
      expect(error).to.include({ code: 500 });
      expect(logger.having('cannot find')).to.have.length(1);
      for (const line of logger.lines) {
        expect(line.text).not.to.match(CONTROLS);
        expect(line.text).not.to.match(FORGED);
        expect(line.text.length).to.be.lessThan(20_000);
      }
    });

    it(`${what} in what a failing authentication throws`, async () => {
      await refused(newClient(running, '/x', { auth: { reason: text } }));
      for (const line of logger.lines) {
        expect(line.text).not.to.match(CONTROLS);
        expect(line.text).not.to.match(FORGED);
      }
    });

    it(`${what} as the id of a request`, async () => {
      const identified = await connect(running, '/x', { auth: { requestID: text } });
      const answers = [await ask(identified, 'call', 'math.echo', 1), await ask(identified, 'fail', 'x')];
      expect(answers[1]?.error.data.requestID).to.be.a('string');
      check(text, answers);
    });

    it(`${what} as the name of a namespace`, async () => {
      // Socket.IO itself does not understand a line in a name, and no half of a pair travels.
      const name = `/tenants/${text.replace(/[\n\r\u2028\u2029\ud83d]/g, '')}`;
      const entering = newClient(running, name);
      const entered = await new Promise<boolean>((resolve) => {
        entering.once('connect', () => resolve(true));
        entering.once('connect_error', () => resolve(false));
      });
      expect(entered).to.equal(name.length <= 256);
      if (entered) {
        const answers = [await ask(entering, 'no such event'), await ask(entering, 'call', 'math.echo', 1)];
        check(text, answers);
        expect(running.gateway.namespaces.has(name)).to.equal(true);
      }
      const left = entered && entering.id;
      entering.disconnect();
      await ask(client, 'call', 'math.echo', 1);
      if (left) expect(logger.having(`${left} left '/tenants/`)).to.have.length(1);
      check(text, []);
    });

    it(`${what} as params of the actions that manage a gateway`, async () => {
      const manage = (action: string, params: object) => ask(client, 'call', `gateway.${action}`, params);
      const answers = [
        await manage('broadcast', { event: text, args: [text], rooms: text }),
        await manage('broadcast', { event: 'e', namespace: text }),
        await manage('getClients', { namespace: text }),
        await manage('listEvents', { namespace: text }),
        await manage('request', { socketId: text, event: 'e' }),
        await manage('request', { socketId: client.id, event: text }),
        await manage('joinRooms', { socketIds: text, join: text, namespace: text }),
        await manage('broadcast', { event: '', [text]: text }),
      ];
      const codes = answers.map(({ error }) => error?.code);
      expect(codes).to.deep.equal([undefined, 404, 404, 404, 404, 504, 404, 422]);
      check(text, answers);
    });

    it(`${what} as the agent, the origin or a header of a request`, async () => {
      const header = text.replace(/[^\u0020-\u007e]/g, '?');
      const extraHeaders = { 'user-agent': header, 'x-request-id': header, 'x-forwarded-for': header };
      const described = await connect(running, '/x', { extraHeaders });
      check(text, [await ask(described, 'no such event'), await ask(described, 'fail', 'x')]);
    });

    it(`${what} to SocketIOService`, async () => {
      const own = new CollectingLogger();
      const io = await start(
        [{ name: 'io', mixins: [SocketIOService], settings: { port: 0, ...LOGS } } as ServiceSchema, math],
        { logger: own },
      );
      const guest = await connect(io, '/');
      logger = own;
      own.lines.length = 0;
      const answers = [
        await ask(guest, text, text),
        await ask(guest, 'call', text, { [text]: text }),
        await ask(guest, 'call', `math.${text}`),
      ];
      for (const { error } of answers) expect(error).to.include({ code: 404 });
      check(text, answers);
    });
  }

  it('names and texts that are short and harmless, as they are', async () => {
    const { error } = await ask(client, 'call', 'größe.日本', {});
    expect(error.data).to.deep.equal({ action: 'größe.日本' });
    expect((await ask(client, 'Über mich')).error.data).to.deep.equal({ event: 'Über mich' });
    await ask(client, 'call', 'math.echo', { deep: ['a text', 7, null, true] });
    expect(logger.having("'a text'")).to.have.length(2);
    const { result } = await ask(client, 'call', { größe: { action: 'math.echo', params: 1 } });
    expect(result).to.deep.equal({ größe: 1 });
  });

  it("an application's own errors, as the application has written them", async () => {
    const long = `no such room: ${'r'.repeat(300)}`;
    const failing: ServiceSchema = {
      name: 'failing',
      actions: {
        get() {
          throw new Errors.MoleculerClientError(long, 404, 'NO_ROOM', { room: long });
        },
      },
    };
    running.broker.createService(failing);
    await running.broker.waitForServices('failing');
    const { error } = await ask(client, 'call', 'failing.get');
    expect(error)
      .to.include({ message: long })
      .and.to.deep.include({ data: { room: long } });
  });
});
