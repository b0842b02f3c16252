import { expect } from 'chai';
import { SocketEvent, SocketGateway, SocketNamespace, Ack, type SocketContext } from '../../src';
import { ClientError, testGateway, type Registered } from '../../src/testing';
import { afterwards } from '../support/endings';
import { failureOf, startChat } from './start-chat';

const ANN = { auth: { token: 'ann' } };
const user = { id: 7, roles: ['admin'] };

async function run(gateway: Registered, timeout?: number) {
  const running = await testGateway(gateway, { ...(timeout && { timeout }) });
  afterwards(() => running.close());
  return running;
}

describe('testing: emit', () => {
  it('returns the result', async () => {
    const ann = await (await startChat()).connect(ANN);
    expect(await ann.emit('message', { room: 'tea', text: 'hi' })).to.deep.equal({ id: 1 });
  });

  it('throws the error that the gateway answers with, from where the test has called', async () => {
    const ann = await (await startChat()).connect(ANN);
    const error = await failureOf(ann.emit('message', { room: 'tea', text: '' }));
    expect(error).to.be.instanceOf(ClientError);
    expect(error).to.include({ name: 'ValidationError', code: 422 });
    expect(error.data).to.have.nested.property('[0].field', 'text');
    expect(error.stack).to.match(/^ValidationError: .*\n(.*\n)?.*events\.test\.ts/);
    expect(await failureOf(ann.emit('nowhere'))).to.include({ code: 404, type: 'EVENT_NOT_FOUND' });
  });

  it('shows the exception behind a masked error as its cause', async () => {
    const ann = await (await startChat()).connect(ANN);
    const error = await failureOf(ann.emit('fail'));
    expect(error).to.include({ name: 'InternalServerError', code: 500, message: 'Internal Server Error' });
    expect(error.cause?.message).to.match(/no such table: people[^]*chat-gateway\.ts/);
  });

  it('lets timers fire while a test asks until something is so', async () => {
    const ann = await (await startChat()).connect(ANN);
    let isOver = false;
    setTimeout(() => (isOver = true), 10);
    for (let count = 1; !isOver; count++) {
      await ann.emit('message', { room: 'tea', text: 'hi' });
      if (count === 20_000) expect.fail('the timer did not fire');
    }
  });

  it('understands both formats of acks', async () => {
    @SocketNamespace('/x', { ack: 'object' })
    class ObjectGateway extends SocketGateway {
      @SocketEvent()
      echo(ctx: SocketContext) {
        return ctx.params;
      }
      @SocketEvent()
      fail() {
        throw new Error('no');
      }
    }
    const client = await (await run(ObjectGateway)).connect();
    expect(await client.emit('echo', { ok: false })).to.deep.equal({ ok: false });
    expect(await failureOf(client.emit('fail'))).to.include({ code: 500 });
  });

  it('says so when a handler with @Ack() answers with something that is no error', async () => {
    @SocketNamespace('/x')
    class AckGateway extends SocketGateway {
      @SocketEvent()
      wrong(@Ack() ack: (answer: string) => void) {
        ack('pong');
      }
    }
    const client = await (await run(AckGateway)).connect();
    expect(await failureOf(client.emit('wrong'))).to.have.property(
      'message',
      "the ack of 'wrong' was called with 'pong': its first argument is an error, and null if there is none",
    );
  });

  it('ends with a message where no answer comes', async () => {
    const client = await (await startChat({ timeout: 40 })).connect(ANN);
    await client.received('hello');
    expect(await failureOf(client.emit('slow', { ms: 400 }))).to.have.property(
      'message',
      "'slow' was not answered within 40 ms; nothing came",
    );
  });

  it('ends when the connection does, and is not sent without one', async () => {
    const ann = await (await startChat()).connect(ANN);
    expect(await failureOf(ann.emit('kick'))).to.have.property(
      'message',
      "the connection ended (io server disconnect) before 'kick' was answered",
    );
    const message = `'me' cannot be sent: the client ${ann.id} is not connected (io server disconnect)`;
    expect(await failureOf(ann.emit('me'))).to.have.property('message', message);
    expect(() => {
      ann.send('me');
    }).to.throw(message);
  });
});

describe('testing: received', () => {
  it('returns what came before and what comes later, each once and in order', async () => {
    const chat = await startChat();
    const [ann, bob] = await Promise.all([chat.connect(ANN), chat.connect({ user })]);
    await bob.emit('join', { room: 'tea' });
    for (const text of ['1', '2']) await ann.emit('message', { room: 'tea', text });
    const third = bob
      .received('hello')
      .then(() => bob.received('message', { where: ({ text }) => text === '3' }));
    ann.send('message', { room: 'tea', text: '3' });
    expect(await third).to.deep.equal([{ room: 'tea', text: '3' }]);
    expect(await bob.received('message')).to.deep.equal([{ room: 'tea', text: '1' }]);
    expect(await bob.received('message')).to.deep.equal([{ room: 'tea', text: '2' }]);
    expect(bob.events.map(({ event }) => event)).to.deep.equal(['hello', 'message', 'message', 'message']);
  });

  it('says what came instead', async () => {
    const chat = await startChat();
    const ann = await chat.connect(ANN);
    await ann.emit('join', { room: 'tea' });
    await ann.emit('message', { room: 'tea', text: 'hi' });
    const began = performance.now();
    const error = await failureOf(ann.received('massage', { timeout: 30 }));
    expect(performance.now() - began).to.be.at.least(25);
    expect(error.message).to.equal(
      "'massage' did not come within 30 ms; this came instead: 'hello' [ '127.0.0.1' ]; 'message' [ { room: 'tea', text: 'hi' } ]",
    );
    expect(error.stack).to.match(/^Error: .*\n(.*\n)?.*events\.test\.ts/);

    await ann.received('hello');
    await ann.received('message');
    expect((await failureOf(ann.received('message', { timeout: 1 }))).message).to.equal(
      "'message' did not come within 1 ms; nothing came; received('message') has returned one that came once before",
    );
  });

  it('takes nothing that comes after it has failed', async () => {
    const chat = await startChat();
    const ann = await chat.connect(ANN);
    await ann.emit('join', { room: 'tea' });
    await failureOf(ann.received('message', { timeout: 1 }));
    await ann.emit('message', { room: 'tea', text: 'hi' });
    expect(await ann.received('message')).to.deep.equal([{ room: 'tea', text: 'hi' }]);
  });

  it('fails when the connection ends, and with what `where` throws', async () => {
    const chat = await startChat();
    const ann = await chat.connect(ANN);
    const waiting = failureOf(ann.received('notice'));
    const throwing = failureOf(
      ann.received('hello', {
        where: () => {
          throw new RangeError('where');
        },
      }),
    );
    expect(await throwing).to.be.instanceOf(RangeError);
    ann.send('kick');
    expect((await waiting).message).to.match(
      /^'notice' did not come before the connection ended \(io server disconnect\); this came instead: 'hello'/,
    );
  });

  it('gives the ack that the gateway asks for', async () => {
    const chat = await startChat();
    const ann = await chat.connect(ANN);
    const answered = ann.emit('question');
    const [text, ack] = await ann.received('question');
    expect(text).to.equal('tea?');
    ack('yes');
    expect(await answered).to.equal('yes');
  });
});

describe('testing: settled', () => {
  it('waits for events, actions and what they send', async () => {
    const chat = await startChat();
    const ann = await chat.connect(ANN);
    ann.send('later');
    ann.send('slow', { ms: 30 });
    await chat.settled();
    expect(ann.events.map(({ event }) => event)).to.have.members(['hello', 'notice', 'late']);
  });

  it('lets a test assert that nothing came', async () => {
    const chat = await startChat();
    const [ann, bob] = await Promise.all([chat.connect(ANN), chat.connect({ user })]);
    await bob.emit('join', { room: 'coffee' });
    ann.send('message', { room: 'tea', text: 'hi' });
    await chat.settled();
    expect(bob.events.map(({ event }) => event)).to.deep.equal(['hello']);
  });

  it('waits for handshakes and for disconnects', async () => {
    const chat = await startChat();
    const ann = await chat.connect(ANN);
    const connecting = chat.connect({ user });
    ann.cut();
    await chat.settled();
    expect(chat.service.left).to.have.length(1);
    expect((await connecting).connected).to.equal(true);
  });

  it('says what is still under way', async () => {
    const chat = await startChat({ timeout: 40 });
    const ann = await chat.connect(ANN);
    ann.send('slow', { ms: 300 });
    const error = await failureOf(chat.settled());
    expect(error.message).to.equal(
      `after 40 ms this is still under way: the action 'chat.slow', 1 event of the client ${ann.id}`,
    );
  });
});

describe('testing: disconnects', () => {
  it('returns the reason, also when the client was disconnected before', async () => {
    const chat = await startChat();
    const ann = await chat.connect(ANN);
    ann.send('kick');
    expect(await ann.disconnected()).to.equal('io server disconnect');
    expect(await ann.disconnected()).to.equal('io server disconnect');
    expect(ann.connected).to.equal(false);

    const bob = await chat.connect({ user });
    bob.disconnect();
    expect(await bob.disconnected()).to.equal('io client disconnect');
    await chat.settled();
    expect(chat.service.left).to.deep.equal(['server namespace disconnect', 'client namespace disconnect']);
  });

  it('says that a client is still connected', async () => {
    const ann = await (await startChat({ timeout: 30 })).connect(ANN);
    expect((await failureOf(ann.disconnected())).message).to.match(
      / is still connected after 30 ms; this came/,
    );
  });

  for (const transport of ['websocket', 'polling']) {
    it(`breaks a connection, and comes back: ${transport}`, async () => {
      const chat = await startChat();
      const ann = await chat.connect({ ...ANN, transports: [transport] });
      const { id } = ann;
      ann.cut();
      expect(await ann.disconnected()).to.match(/^transport (close|error)$/);
      await chat.settled();
      expect(chat.service.left).to.have.length(1);
      expect(chat.service.left[0]).to.match(/^transport (close|error)$/);

      await ann.reconnect();
      expect(ann.id).not.to.equal(id);
      expect(await ann.emit('me')).to.deep.equal({ id: 1, name: 'Ann' });
      expect(await failureOf(ann.reconnect())).to.have.property(
        'message',
        `the client ${ann.id} is connected already`,
      );
    });
  }

  it('recovers rooms and missed events, as the gateway does', async () => {
    const io = { options: { connectionStateRecovery: {} } };
    const chat = await startChat({ settings: { io } });
    const ann = await chat.connect(ANN);
    const bob = await chat.connect({ user });
    const { id } = bob;
    await bob.emit('join', { room: 'tea' });
    await ann.emit('message', { room: 'tea', text: '1' });
    await bob.received('message');
    bob.cut();
    await bob.disconnected();
    await ann.emit('message', { room: 'tea', text: '2' });
    await bob.reconnect();
    expect(bob.id).to.equal(id);
    // With recovery, Socket.IO appends the offset of the event to its arguments.
    expect((await bob.received('message'))[0]).to.deep.equal({ room: 'tea', text: '2' });
    expect(chat.rooms(bob)).to.deep.equal(['tea']);
  });

  it('shows the rooms of a client, and none when it has gone', async () => {
    const chat = await startChat();
    const ann = await chat.connect(ANN);
    expect(chat.rooms(ann)).to.deep.equal([]);
    await ann.emit('join', { room: 'tea' });
    expect(chat.rooms(ann)).to.deep.equal(['tea']);
    ann.disconnect();
    await chat.settled();
    expect(chat.rooms(ann)).to.deep.equal([]);
  });
});
