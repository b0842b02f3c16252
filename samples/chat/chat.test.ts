import { once } from 'node:events';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { ChatGateway } from './chat-gateway';
import { start } from './main';
import type { PresenceMessage } from 'moleculer-socket-gateway';

type Change = PresenceMessage<{ name: string }>;

/** Takes a change into the names of the people in a room, by their ids. */
function note(people: Map<string | number, string>, change: Change): void {
  const { state, joins, updates, leaves } = { state: [], joins: [], updates: [], leaves: [], ...change };
  if ('state' in change) people.clear();
  for (const { id, info } of [...state, ...joins, ...updates]) people.set(id, info.name);
  for (const { id } of leaves) people.delete(id);
}

/** The people in the room of a client, by all that it was told. */
function peopleOf({ events }: TestClient): string[] {
  const people = new Map<string | number, string>();
  for (const { event, args } of events) if (event === 'presence') note(people, args[0] as Change);
  return [...people.values()].sort();
}

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

  /** Waits until a client has been told that exactly these people are in the room. */
  const told = async (client: TestClient, ...names: string[]) => {
    const holds = () => peopleOf(client).join() === [...names].sort().join();
    if (!holds()) await client.received('presence', { where: holds });
  };
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
    expect(joined).to.include({ name: 'Ada', room: 'tea' }).and.have.property('messages').that.is.empty;
    await ben.emit('join', { name: 'Ben', room: 'tea' });
    await Promise.all([told(ada, 'Ada', 'Ben'), told(ben, 'Ada', 'Ben')]);
  });

  it('takes a message to the others in the room, and answers its writer', async () => {
    await bothJoin();
    const sent = await ada.emit('message', hello);
    expect(sent).to.include({ id: 'message-1', from: 'Ada', text: 'Hello' });
    expect(sent.by).to.equal((await ada.emit('join', { name: 'Ada', room: 'tea' })).id);
    expect((await ben.received('message'))[0]).to.deep.equal(sent);
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

  it('forgets what was said when nobody is left', async () => {
    await bothJoin();
    await ada.emit('message', hello);
    await ben.emit('leave');
    await told(ada, 'Ada');
    await ada.emit('leave');
    await chat.settled();
    const { messages } = await ben.emit('join', { name: 'Ben', room: 'tea' });
    expect(messages).to.deep.equal([]);
  });

  it('shows that somebody is typing', async () => {
    await bothJoin();
    ada.send('typing');
    expect((await ben.received('typing'))[0]).to.include({ name: 'Ada' });
  });

  it('tells two people of one name apart', async () => {
    const one = await ada.emit('join', { name: 'Ada', room: 'tea' });
    const two = await ben.emit('join', { name: 'Ada', room: 'tea' });
    expect(one.id).not.to.equal(two.id);
    await Promise.all([told(ada, 'Ada', 'Ada'), told(ben, 'Ada', 'Ada')]);
    expect(await ada.emit('message', hello)).to.include({ from: 'Ada', by: one.id });
  });

  it('knows a page by its key, which nobody else is told', async () => {
    const key = 'a key of this page';
    const { id } = await ada.emit('join', { name: 'Ada', room: 'tea', key });
    await ada.emit('message', hello);
    const again = await ben.emit('join', { name: 'Ada', room: 'tea', key });
    expect(again.id).to.equal(id);
    expect(again.messages[0].by).to.equal(id);
    await chat.settled();
    expect(JSON.stringify([...ada.events, ...ben.events, again])).not.to.include(key);
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

describe('samples/chat, on several nodes', () => {
  const nodes: Awaited<ReturnType<typeof start>>[] = [];
  const clients: Socket[] = [];

  afterEach(async () => {
    for (const client of clients.splice(0)) client.close();
    for (const node of nodes.splice(0)) await node.stop();
  });

  const enter = async (node: { port: number }, name: string) => {
    const client = io(`http://localhost:${node.port}/chat`, {
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
    });
    clients.push(client);
    const people = new Map<string | number, string>();
    client.on('presence', (change: Change) => note(people, change));
    await once(client as never, 'connect');
    const [, room] = (await ask(client, 'join', { name, room: 'tea' })) as [null, { messages: unknown[] }];
    return { client, people, room };
  };
  const ask = (client: Socket, event: string, body: object) =>
    new Promise((resolve) => client.emit(event, body, (...answer: unknown[]) => resolve(answer)));
  const untilPeople = async (
    { client, people }: { client: Socket; people: Map<string | number, string> },
    ...names: string[]
  ) => {
    while ([...people.values()].sort().join() !== names.join()) await once(client as never, 'presence');
  };

  it('is one chat: people, messages, what was said before, and what was missed', async () => {
    for (const nodeID of ['chat-1', 'chat-2'])
      nodes.push(await start(0, { nodeID, transporter: 'Fake', namespace: `chat-${process.pid}` }));
    const [one, two] = nodes;
    const ada = await enter(one!, 'Ada');
    const ben = await enter(two!, 'Ben');
    await Promise.all([ada, ben].map((person) => untilPeople(person, 'Ada', 'Ben')));
    const heard = once(ada.client as never, 'message');
    await ask(ben.client, 'message', { id: 'message-1', text: 'Hello' });
    expect((await heard)[0]).to.include({ from: 'Ben', text: 'Hello' });
    const { room } = await enter(one!, 'Cid');
    expect(room.messages).to.have.length(1);

    const gone = once(ada.client as never, 'disconnect');
    ada.client.io.engine.close();
    await gone;
    await ask(ben.client, 'message', { id: 'message-2', text: 'Missed' });
    (ada.client.io as object as { uri: string }).uri = `http://localhost:${two!.port}`;
    const missed = once(ada.client as never, 'message');
    ada.client.connect();
    expect((await missed)[0]).to.include({ text: 'Missed' });
    expect(ada.client.recovered).to.equal(true);
    await untilPeople(ben, 'Ada', 'Ben', 'Cid');
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
