import { once } from 'node:events';
import { expect } from 'chai';
import { io } from 'socket.io-client';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { ChatGateway } from './chat-gateway';
import { start } from './main';
import type { Person } from './messages';

describe('samples/chat', () => {
  let chat: TestGateway<ChatGateway>;
  let ada: TestClient;
  let ben: TestClient;

  beforeEach(async () => {
    chat = await testGateway(ChatGateway);
    ada = await chat.connect();
    ben = await chat.connect();
  });
  afterEach(() => chat.close());

  /** Waits until a client is told that exactly these people are in the room. */
  const told = (client: TestClient, ...names: string[]) =>
    client.received('people', {
      where: (people: Person[]) => people.map(({ name }) => name).join() === names.join(),
    });
  /** Returns what an event is refused with. */
  const refusal = (client: TestClient, event: string, ...body: unknown[]) =>
    client.emit(event, ...body).then(
      () => expect.fail(`'${event}' was not refused`),
      (error: unknown) => error as { data: any },
    );

  const bothJoin = async (room = 'tea') => {
    await ada.emit('join', { name: 'Ada', room });
    await ben.emit('join', { name: 'Ben', room });
  };
  const hello = { id: 'message-1', text: ' Hello ' };

  it('tells everybody in the room who is there', async () => {
    const joined = await ada.emit('join', { name: '  Ada ', room: 'tea', admin: true });
    expect(joined).to.deep.equal({ name: 'Ada', room: 'tea', messages: [] });
    await ben.emit('join', { name: 'Ben', room: 'tea' });
    await Promise.all([told(ada, 'Ada', 'Ben'), told(ben, 'Ada', 'Ben')]);
  });

  it('takes a message to the others in the room, and answers its writer', async () => {
    await bothJoin();
    const sent = await ada.emit('message', hello);
    expect(sent).to.include({ id: 'message-1', from: 'Ada', text: 'Hello' });
    expect(await ben.received('message')).to.deep.equal([sent]);
    await chat.settled();
    expect(ada.events.map(({ event }) => event)).not.to.include('message');
  });

  it('shows those who come later what was said, and a repeated message once', async () => {
    await ada.emit('join', { name: 'Ada', room: 'tea' });
    const first = await ada.emit('message', hello);
    expect(await ada.emit('message', hello)).to.deep.equal(first);
    const { messages } = await ben.emit('join', { name: 'Ben', room: 'tea' });
    expect(messages).to.deep.equal([first]);
  });

  it('shows that somebody is typing', async () => {
    await bothJoin();
    ada.send('typing');
    expect((await ben.received('typing'))[0]).to.equal('Ada');
  });

  it('says what is wrong with a message', async () => {
    await bothJoin();
    const empty = await refusal(ada, 'message', { id: 'message-1', text: '   ' });
    expect(empty).to.include({ name: 'ValidationError', code: 422 });
    expect(empty.data).to.have.length(1);
    expect(empty.data[0]).to.include({ field: 'text', message: 'Write something first.' });

    const long = await refusal(ada, 'message', { id: 'message-1', text: 'x'.repeat(501) });
    expect(long.data[0].message).to.match(/at most 500 characters/);
  });

  it('says what is wrong with a name', async () => {
    const { data } = await refusal(ada, 'join', { name: '', room: 'tea' });
    expect(data[0]).to.include({ field: 'name', message: 'Please pick a name of 1 to 24 characters.' });
  });

  it('takes no message from somebody who is in no room', async () => {
    expect(await refusal(ada, 'message', hello)).to.include({ code: 403, type: 'NOT_IN_A_ROOM' });
  });

  it('keeps rooms apart, also when two are asked for at once', async () => {
    await ada.emit('join', { name: 'Ada', room: 'water' });
    ada.send('join', { name: 'Ada', room: 'tea' });
    await ada.emit('join', { name: 'Ada', room: 'coffee' });
    const { messages } = await ben.emit('join', { name: 'Ben', room: 'tea' });
    expect(messages).to.deep.equal([]);

    await ben.emit('message', hello);
    await chat.settled();
    expect(ada.events.map(({ event }) => event)).not.to.include('message');
  });

  it('takes somebody who leaves, or goes, off the list', async () => {
    for (const go of [() => ben.emit('leave'), async () => ben.disconnect()]) {
      await bothJoin();
      await told(ada, 'Ada', 'Ben');
      await go();
      await told(ada, 'Ada');
    }
  });
});

describe('samples/chat, on a port', () => {
  let chat: Awaited<ReturnType<typeof start>>;

  beforeEach(async () => {
    chat = await start(0);
  });
  afterEach(() => chat.stop());

  it('serves the page, and nothing else', async () => {
    const get = async (path: string) => {
      const response = await fetch(`http://localhost:${chat.port}${path}`);
      return {
        status: response.status,
        type: response.headers.get('content-type'),
        text: await response.text(),
      };
    };
    expect((await get('/?from=test')).text).to.include('<title>Chat</title>');
    expect(await get('/chat.js')).to.include({ status: 200, type: 'text/javascript; charset=utf-8' });
    expect(await get('/socket.io/socket.io.js')).to.include({ status: 200 });
    expect((await get('/explorer')).text).to.include('<title>Chat · Explorer</title>');
    for (const path of ['/main.ts', '/../main.ts', '/%2e%2e/main.ts', '/constructor']) {
      expect(await get(path), path).to.include({ status: 404, text: '' });
    }
  });

  it('leaves clients to come back when the server stops', async () => {
    const ada = io(`http://localhost:${chat.port}/chat`, {
      forceNew: true,
      // While it upgrades, a poll that is cut off would be its 'transport error'.
      transports: ['websocket'],
    });
    try {
      const next = (event: string) => once(ada as never, event);
      await next('connect');
      const reason = next('disconnect');
      await chat.stop();
      expect(await reason).to.include('transport close');
      expect(ada.active).to.equal(true);
      chat = await start(chat.port);
      await next('connect');
    } finally {
      ada.close();
    }
  });
});
