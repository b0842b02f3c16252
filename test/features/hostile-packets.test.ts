import { IsString } from 'class-validator';
import { expect } from 'chai';
import type { Socket as ServerSocket } from 'socket.io';
import {
  MessageBody,
  OnAfterCall,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { RawClient } from '../support/raw-client';
import {
  ask,
  CollectingLogger,
  connect,
  connected,
  newClient,
  next,
  refused,
  start,
  type Client,
  type Running,
} from '../support/run-gateway';

const settings = { port: 0 };

/** JSON of arrays in arrays. */
function deepArrays(levels: number): string {
  return '['.repeat(levels) + ']'.repeat(levels);
}
/** JSON of objects in objects. */
function deepObjects(levels: number): string {
  return '{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1);
}

class Note {
  @IsString()
  text!: string;
}

describe('hostile packets', () => {
  @SocketNamespace('/x', { settings })
  class BraveGateway extends SocketGateway {
    @OnConnect()
    listen(socket: ServerSocket) {
      socket.on('mine', (_value: unknown, ack?: () => void) => ack?.());
    }
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent()
    echo(ctx: SocketContext) {
      return ctx.args;
    }
    @SocketEvent()
    note(@MessageBody() note: Note) {
      return { text: note.text };
    }
    @SocketEvent('checked', { params: { text: 'string', $$strict: 'remove' } })
    checked(ctx: SocketContext) {
      return ctx.params;
    }
    @SocketEvent('call', { whitelist: ['math.*'], aliases: { add: 'math.add' } })
    call!: ActionProxy;
  }

  @SocketNamespace('/all', { settings })
  class CatchAllGateway extends SocketGateway {
    @SocketEvent('*')
    any(ctx: SocketContext) {
      return { event: ctx.event, args: ctx.args };
    }
    @OnAfterCall('no-such-*')
    never() {
      return 'replaced';
    }
  }

  const math = { name: 'math', actions: { add: (ctx: any) => Number(ctx.params.a) + Number(ctx.params.b) } };

  let running: Running;
  let witness: Client;
  let logger: CollectingLogger;

  beforeEach(async () => {
    logger = new CollectingLogger();
    running = await start([BraveGateway, CatchAllGateway, math], { logger });
    witness = await connect(running);
  });

  // Whatever one client does, another one is served, and the process does not know anything it did not know before.
  afterEach(async () => {
    expect((await ask(witness, 'ping')).result).to.equal('pong');
    expect((await ask(await connect(running), 'ping')).result).to.equal('pong');
    expect(Object.keys(Object.prototype)).to.deep.equal([]);
    expect(({} as any).polluted).to.equal(undefined);
  });

  describe('nested deep', () => {
    for (const [name, deep] of Object.entries({ arrays: deepArrays, objects: deepObjects })) {
      it(`are answered with 413: ${name}`, async () => {
        const raw = await RawClient.enter(running);
        const [error] = await raw.ask(1, `["echo",${deep(10_000)}]`);
        expect(error).to.deep.equal({
          name: 'PayloadTooLarge',
          message: 'Payload too large',
          code: 413,
          type: 'PAYLOAD_TOO_LARGE',
          data: { maxDepth: 64 },
        });
        expect((await raw.ask(2, `["echo",1,2,${deep(10_000)}]`))[0].code).to.equal(413);
        expect((await raw.ask(3, `["note",${deep(10_000)}]`))[0].code).to.equal(413);
        expect((await raw.ask(4, `["call","add",${deep(10_000)}]`))[0].code).to.equal(413);
        expect(await raw.ask(5, `["mine",${deep(10_000)}]`)).to.be.an('array');
        expect((await raw.ask(6, '["ping"]'))[1]).to.equal('pong');
      });

      it(`may be as deep as maxDepth, and no deeper: ${name}`, async () => {
        const raw = await RawClient.enter(running);
        expect(await raw.ask(1, `["echo",${deep(64)}]`)).to.deep.equal([null, [JSON.parse(deep(64))]]);
        expect((await raw.ask(2, `["echo",${deep(65)}]`))[0].code).to.equal(413);
      });

      it(`are refused as events that nobody handles, and by the catch-all: ${name}`, async () => {
        const raw = await RawClient.enter(running);
        expect((await raw.ask(1, `["unheard-of",${deep(10_000)}]`))[0].code).to.be.oneOf([404, 413]);
        const other = await RawClient.enter(running, '/all');
        expect((await other.ask(1, `["anything",${deep(10_000)}]`, '/all'))[0].code).to.equal(413);
      });

      it(`do nothing in the handshake: ${name}`, async () => {
        const raw = await RawClient.open(running);
        raw.send(`40/x,{"auth":${deep(10_000)}}`);
        await raw.message('40/x,');
        expect((await raw.ask(1, '["ping"]'))[1]).to.equal('pong');
      });
    }

    it('without an ack do nothing', async () => {
      const raw = await RawClient.enter(running);
      raw.send(`42/x,["echo",${deepArrays(10_000)}]`);
      expect((await raw.ask(1, '["ping"]'))[1]).to.equal('pong');
    });

    it('as the answer to a question of the server do nothing', async () => {
      const raw = await RawClient.enter(running);
      const [id] = [...running.gateway.namespaces.get('/x')!.sockets.keys()].filter(
        (each) => each !== witness.id,
      );
      const answer = running.gateway.namespaces
        .get('/x')!
        .sockets.get(id!)!
        .timeout(1000)
        .emitWithAck('question');
      const question = await raw.message('42/x,');
      const number = /^42\/x,(\d+)\[/.exec(question)![1]!;
      raw.send(`43/x,${number}[${deepArrays(5000)}]`);
      expect(await answer).to.be.an('array');
      raw.send(`43/x,${number}["again"]`);
      expect((await raw.ask(1, '["ping"]'))[1]).to.equal('pong');
    });
  });

  describe('with the names of what every object has', () => {
    for (const name of [
      '__proto__',
      'constructor',
      'prototype',
      'toString',
      'hasOwnProperty',
      'valueOf',
      'then',
      '_events',
      'domain',
      'error',
      'emit',
      'on',
      'data',
      'user',
      '*',
      '',
      ' ',
      '\u0000',
      'x'.repeat(256),
    ]) {
      it(`are answered as any other event: ${JSON.stringify(name.slice(0, 20))}`, async () => {
        const raw = await RawClient.enter(running);
        const quoted = JSON.stringify(name);
        for (const [id, args] of [
          '',
          ',1',
          ',{"message":"x"}',
          ',{"__proto__":{"polluted":1}}',
          ',null',
        ].entries()) {
          const [error, ...rest] = await raw.ask(id + 1, `[${quoted}${args}]`);
          expect(error).to.include({ code: 404, type: 'EVENT_NOT_FOUND' });
          expect(rest).to.deep.equal([]);
          raw.send(`42/x,[${quoted}${args}]`);
        }
        const other = await RawClient.enter(running, '/all');
        expect(await other.ask(1, `[${quoted},1]`, '/all')).to.deep.equal([null, { event: name, args: [1] }]);
      });
    }

    for (const number of ['0', '42', '-1', '1.5', '1e300', '-0']) {
      it(`are answered where the name is the number ${number}`, async () => {
        const raw = await RawClient.enter(running);
        expect((await raw.ask(1, `[${number},"a"]`))[0]).to.include({ code: 404 });
        raw.send(`42/x,[${number}]`);
        const other = await RawClient.enter(running, '/all');
        expect((await other.ask(1, `[${number},"a"]`, '/all'))[0]).to.equal(null);
      });
    }

    for (const action of [
      '__proto__',
      'constructor',
      'toString',
      'math.__proto__',
      '',
      '$node.list',
      'brave.ping',
      'math.add\u0000',
      '*',
      'math.*',
      '**',
    ]) {
      it(`are no names of actions: ${JSON.stringify(action)}`, async () => {
        const { error } = await ask(witness, 'call', action, {});
        expect(error).to.include({ name: 'ServiceNotFoundError', code: 404 });
      });
    }

    for (const action of [
      undefined,
      null,
      1,
      {},
      ['add'],
      true,
      { toString: 'add' },
      ['math.add'],
      Buffer.from('add'),
    ]) {
      it(`are no actions at all: ${JSON.stringify(action)}`, async () => {
        const { error } = await ask(witness, 'call', ...(action === undefined ? [] : [action]));
        expect(error).to.include({ name: 'BadRequestError', code: 400 });
      });
    }

    it('in a payload are data', async () => {
      const raw = await RawClient.enter(running);
      const payload = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"text":"a"}';
      expect((await raw.ask(1, `["echo",${payload}]`))[0]).to.equal(null);
      expect(await raw.ask(2, `["note",${payload}]`)).to.deep.equal([null, { text: 'a' }]);
      expect((await raw.ask(3, `["checked",${payload}]`))[1]).to.include({ text: 'a' });
      const sum = await raw.ask(4, `["call","add",{"__proto__":{"a":1},"a":1,"b":2}]`);
      expect(sum).to.deep.equal([null, 3]);
      const nobody = await RawClient.open(running);
      nobody.send(`40/x,${payload}`);
      await nobody.message('40/x,');
    });
  });

  describe('that are malformed', () => {
    const malformed: Record<string, (string | Buffer)[]> = {
      'no packet at all': ['4'],
      'an unknown type': ['49/x,[]'],
      'no JSON': ['42/x,[[['],
      'an event that is no array': ['42/x,{"a":1}'],
      'an event without a name': ['42/x,[]'],
      'an event whose name is null': ['42/x,[null]'],
      'an event whose name is an object': ['42/x,[{"a":1}]'],
      'a reserved event': ['42/x,["disconnect"]'],
      'another reserved event': ['42/x,["newListener",1]'],
      'an ack that is no array': ['43/x,1{"a":1}'],
      'a connect that is no object': ['40/x,[]'],
      'a second connect': ['40/x,'],
      'a connect error': ['44/x,"error"'],
      'a disconnect with a payload': ['41/x,{"a":1}'],
      'an event for a namespace that it is not in': ['42/all,["ping"]'],
      'an event for a namespace that is none': ['42/nowhere,["ping"]'],
      'more attachments than allowed': ['4599999999999-/x,["a"]'],
      'attachments that never come, and then a text': [
        '451-/x,["a",{"_placeholder":true,"num":0}]',
        '42/x,["ping"]',
      ],
      'a placeholder of nothing': ['451-/x,["a",{"_placeholder":true,"num":7}]', Buffer.from('x')],
      'a placeholder that is negative': ['451-/x,["a",{"_placeholder":true,"num":-1}]', Buffer.from('x')],
      'a placeholder that is no number': [
        '451-/x,["a",{"_placeholder":true,"num":"length"}]',
        Buffer.from('x'),
      ],
      'a deep binary event': [`451-/x,["a",${deepArrays(20_000)}]`, Buffer.from('x')],
      'binary that nobody announced': [Buffer.from('x')],
      'an unknown message of Engine.IO': ['9'],
      'a message of Engine.IO that clients do not send': ['0{"sid":"x"}'],
      nothing: [''],
      'a packet of two megabytes': [`42/x,["echo","${'x'.repeat(2_000_000)}"]`],
    };
    for (const [name, messages] of Object.entries(malformed)) {
      it(`end their own connection, or do nothing: ${name}`, async () => {
        const raw = await RawClient.enter(running);
        raw.send(...messages);
        const pong = raw.ask(99, '["ping"]').then(
          () => 'answered',
          () => 'closed',
        );
        expect(await pong).to.be.oneOf(['answered', 'closed']);
      });
    }

    for (const [name, packet] of Object.entries({
      'an event without any data': '42/x,',
      'an event without any data, with an ack': '42/x,7',
      'an ack without any data': '43/x,7',
      'an ack for nothing': '43/x,123456["a"]',
      'an ack without an id': '43/x,["a"]',
      'an ack with a huge id': '43/x,99999999999999999999["a"]',
    })) {
      it(`leave the connection as it is: ${name}`, async () => {
        const raw = await RawClient.enter(running);
        raw.send(packet);
        raw.send(packet);
        expect((await raw.ask(99, '["ping"]'))[1]).to.equal('pong');
      });
    }

    it('are answered each where an id is used twice', async () => {
      const raw = await RawClient.enter(running);
      raw.send('42/x,5["echo",1]', '42/x,5["echo",2]');
      await raw.ask(6, '["ping"]');
      expect(raw.received.filter((message) => String(message).startsWith('43/x,5'))).to.deep.equal([
        '43/x,5[null,[1]]',
        '43/x,5[null,[2]]',
      ]);
    });

    it('reach no namespace before the client has entered it', async () => {
      const raw = await RawClient.open(running);
      raw.send('42/x,1["ping"]');
      await raw.closed;
      expect(raw.received.filter((message) => String(message).startsWith('43'))).to.deep.equal([]);
    });
  });

  describe('with binary data', () => {
    it('arrive as Buffers, and go back', async () => {
      const bytes = Buffer.from([0, 1, 255]);
      const { error, result } = await ask(witness, 'echo', bytes, { nested: [bytes] });
      expect(error).to.equal(null);
      expect(result).to.deep.equal([bytes, { nested: [bytes] }]);
    });

    it('are answered where nobody expects them', async () => {
      expect((await ask(witness, 'note', Buffer.from('abc'))).error.code).to.equal(422);
      expect((await ask(witness, 'checked', Buffer.from('abc'))).error.code).to.equal(422);
      expect((await ask(witness, 'unheard-of', Buffer.from('abc'))).error.code).to.equal(404);
    });
  });

  it('may be wide', async () => {
    const wide = Array.from({ length: 20_000 }, (_, i) => ({ i }));
    expect((await ask(witness, 'echo', wide)).result[0]).to.have.length(20_000);
  });

  it('do not end up in the log, however many', async () => {
    const raw = await RawClient.enter(running);
    for (let i = 0; i < 100; i++) raw.send(`42/x,["unheard-of-${i}",{"a":1}]`);
    await raw.ask(1, '["ping"]');
    expect(logger.having('unheard-of')).to.deep.equal([]);
  });

  describe('of a client that goes at any moment', () => {
    const moments: Record<string, (raw: RawClient) => unknown> = {
      'before it has entered a namespace': () => undefined,
      'while it enters': (raw) => raw.send('40/x,'),
      'right after an event': (raw) =>
        raw.send('40/x,', '42/x,1["echo",1]', '42/x,2["note",{}]', '42/x,3["call","add",{}]'),
      'in the middle of a binary event': (raw) =>
        raw.send('40/x,', '451-/x,["echo",{"_placeholder":true,"num":0}]'),
      'after it has said goodbye': (raw) => raw.send('40/x,', '41/x,', '42/x,1["echo",1]'),
      'after it has closed Engine.IO': (raw) => raw.send('40/x,', '1', '42/x,1["echo",1]'),
      'with many events under way': (raw) => {
        raw.send('40/x,');
        for (let i = 0; i < 300; i++) raw.send(`42/x,${i}["echo",${i}]`);
      },
    };
    for (const [name, act] of Object.entries(moments)) {
      for (const how of ['terminate', 'close'] as const) {
        it(`leaves nothing behind: ${name} (${how})`, async () => {
          const raw = await RawClient.open(running);
          act(raw);
          raw.socket[how]();
          await raw.closed;
          const late = await RawClient.open(running);
          act(late);
          await new Promise((resolve) => setImmediate(resolve));
          late.socket[how]();
          await late.closed;
          // A round trip later the server has noticed.
          for (
            let tries = 0;
            tries < 1000 && running.gateway.namespaces.get('/x')!.sockets.size > 1;
            tries++
          ) {
            await ask(witness, 'ping');
          }
          expect(running.gateway.namespaces.get('/x')!.sockets.size).to.equal(1);
          expect(logger.errors).to.deep.equal([]);
        });
      }
    }

    it('leaves nothing behind over polling', async () => {
      const client = newClient(running, '/x', { transports: ['polling'] });
      await connected(client);
      for (let i = 0; i < 10; i++) client.emit('echo', i);
      client.io.engine.close();
      await next(client, 'disconnect');
      for (let tries = 0; tries < 1000 && running.gateway.namespaces.get('/x')!.sockets.size > 1; tries++) {
        await ask(witness, 'ping');
      }
      expect(running.gateway.namespaces.get('/x')!.sockets.size).to.equal(1);
    });
  });

  it('that ask for the same namespace many times are held down by maxNamespaces', async () => {
    const raw = await RawClient.open(running);
    for (let i = 0; i < 1000; i++) raw.send('40/x,');
    await raw.message('4');
    const answers: string[] = [];
    const enough = Promise.race([raw.closed, raw.message('44/x,')]);
    await enough;
    for (const message of raw.received)
      if (String(message).startsWith('40/x,')) answers.push(String(message));
    expect(answers.length).to.be.at.most(100);
    expect(running.gateway.namespaces.get('/x')!.sockets.size).to.be.at.most(101);
  });

  it('that ask for no namespace at all are disconnected in bounded time', async () => {
    @SocketNamespace('/x', { settings, limits: { handshakeTimeout: 50 } })
    class ImpatientGateway extends BraveGateway {}
    const raw = await RawClient.open(await start(ImpatientGateway));
    await raw.closed;
  });

  for (const query of [
    'EIO=3&transport=websocket',
    'EIO=4&transport=constructor',
    'EIO=4&transport=__proto__',
    'EIO=4&transport=polling&sid=__proto__',
    'EIO=4&transport=polling&sid=x',
    'transport=polling',
    '%%%',
    'EIO=4&transport=polling&j=__proto__',
  ]) {
    it(`of a strange handshake are refused, or harmless: ?${query}`, async () => {
      const response = await fetch(`http://localhost:${running.port}/socket.io/?${query}`);
      expect(response.status).to.be.below(500);
      await response.arrayBuffer();
    });
  }

  it('of a strange namespace are refused', async () => {
    for (const name of ['/__proto__', '/constructor', '/x/', '/X', '/x\u0000', '/*', '//x', '/x ']) {
      expect((await refused(newClient(running, name))).message, name.slice(0, 20)).to.equal(
        'Invalid namespace',
      );
    }
    expect(running.gateway.io._nsps.size).to.equal(3);
  });
});
