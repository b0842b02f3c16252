import { once } from 'node:events';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { start } from './main';
import type { ChatMessage, Person } from './messages';

describe('samples/chat', () => {
  let chat: Awaited<ReturnType<typeof start>>;
  let ada: Socket;
  let ben: Socket;

  beforeEach(async () => {
    chat = await start(0);
    ada = io(`http://localhost:${chat.port}/chat`, { forceNew: true });
    ben = io(`http://localhost:${chat.port}/chat`, { forceNew: true });
  });
  afterEach(async () => {
    ada.close();
    ben.close();
    await chat.stop();
  });

  /** Emits, and gives what the ack was called with: an error, or else a result. */
  const ask = (client: Socket, event: string, ...body: unknown[]) =>
    new Promise<{ error: any; result: any }>((resolve) => {
      client.emit(event, ...body, (error: unknown, result: unknown) => resolve({ error, result }));
    });
  /** The first argument of the next such event. */
  const next = async <T>(client: Socket, event: string) => ((await once(client as never, event)) as [T])[0];
  /** Waits until a client is told that exactly these people are in the room. */
  const told = (client: Socket, ...names: string[]) =>
    new Promise<void>((resolve) => {
      client.on('people', function check(people: Person[]) {
        if (people.map(({ name }) => name).join() !== names.join()) return;
        client.off('people', check);
        resolve();
      });
    });

  const bothJoin = async (room = 'tea') => {
    await ask(ada, 'join', { name: 'Ada', room });
    await ask(ben, 'join', { name: 'Ben', room });
  };
  const hello = { id: 'message-1', text: ' Hello ' };

  it('tells everybody in the room who is there', async () => {
    const { result } = await ask(ada, 'join', { name: '  Ada ', room: 'tea', admin: true });
    expect(result).to.deep.equal({ name: 'Ada', room: 'tea', messages: [] });

    const both = [told(ada, 'Ada', 'Ben'), told(ben, 'Ada', 'Ben')];
    await ask(ben, 'join', { name: 'Ben', room: 'tea' });
    await Promise.all(both);
  });

  it('takes a message to the others in the room, and answers its writer', async () => {
    await bothJoin();
    const received = next<ChatMessage>(ben, 'message');
    const { error, result } = await ask(ada, 'message', hello);
    expect(error).to.equal(null);
    expect(result).to.include({ id: 'message-1', from: 'Ada', text: 'Hello' });
    expect(await received).to.deep.equal(result);
  });

  it('shows those who come later what was said, and a repeated message once', async () => {
    await ask(ada, 'join', { name: 'Ada', room: 'tea' });
    const first = await ask(ada, 'message', hello);
    expect(await ask(ada, 'message', hello)).to.deep.equal(first);
    const { result } = await ask(ben, 'join', { name: 'Ben', room: 'tea' });
    expect(result.messages).to.deep.equal([first.result]);
  });

  it('shows that somebody is typing', async () => {
    await bothJoin();
    const typist = next<string>(ben, 'typing');
    ada.emit('typing');
    expect(await typist).to.equal('Ada');
  });

  it('says what is wrong with a message', async () => {
    await bothJoin();
    const { error } = await ask(ada, 'message', { id: 'message-1', text: '   ' });
    expect(error).to.include({ name: 'ValidationError', code: 422 });
    expect(error.data).to.have.length(1);
    expect(error.data[0]).to.include({ field: 'text', message: 'Write something first.' });

    const long = await ask(ada, 'message', { id: 'message-1', text: 'x'.repeat(501) });
    expect(long.error.data[0].message).to.match(/at most 500 characters/);
  });

  it('says what is wrong with a name', async () => {
    const { error } = await ask(ada, 'join', { name: '', room: 'tea' });
    expect(error.data[0]).to.include({ field: 'name', message: 'Please pick a name of 1 to 24 characters.' });
  });

  it('takes no message from somebody who is in no room', async () => {
    const { error } = await ask(ada, 'message', hello);
    expect(error).to.include({ code: 403, type: 'NOT_IN_A_ROOM' });
  });

  it('keeps rooms apart, also when two are asked for at once', async () => {
    await ask(ada, 'join', { name: 'Ada', room: 'water' });
    void ask(ada, 'join', { name: 'Ada', room: 'tea' });
    await ask(ada, 'join', { name: 'Ada', room: 'coffee' });
    const { result } = await ask(ben, 'join', { name: 'Ben', room: 'tea' });
    expect(result.messages).to.deep.equal([]);

    const overheard: ChatMessage[] = [];
    ada.on('message', (message: ChatMessage) => overheard.push(message));
    await ask(ben, 'message', hello);
    await ask(ada, 'message', { id: 'message-2', text: 'Anybody here?' });
    expect(overheard).to.deep.equal([]);
  });

  it('takes somebody who leaves, or goes, off the list', async () => {
    for (const go of [() => ask(ben, 'leave'), () => ben.close()]) {
      const both = told(ada, 'Ada', 'Ben');
      await bothJoin();
      await both;
      const alone = told(ada, 'Ada');
      await go();
      await alone;
    }
  });

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
    for (const path of ['/main.ts', '/../main.ts', '/%2e%2e/main.ts', '/constructor']) {
      expect(await get(path), path).to.include({ status: 404, text: '' });
    }
  });

  it('leaves clients to come back when the server stops', async () => {
    await bothJoin();
    const reason = next<string>(ada, 'disconnect');
    await chat.stop();
    expect(await reason).to.equal('transport close');
    expect(ada.active).to.equal(true);
    chat = await start(chat.port);
    await next(ada, 'connect');
  });
});
