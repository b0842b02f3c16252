import { expect } from 'chai';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { start } from './main';
import { LobbyGateway, rooms as service, type Said } from './rooms';
import { tryIt } from './try';

describe('samples/rooms', () => {
  let rooms: TestGateway<LobbyGateway>;
  let ada: TestClient;
  let ben: TestClient;

  beforeEach(async () => {
    rooms = await testGateway(LobbyGateway, { services: [service] });
    ada = await rooms.connect();
    ben = await rooms.connect();
  });
  afterEach(() => rooms.close());

  /** Calls an action, and gives what the ack was called with: an error, or else a result. */
  const call = (client: TestClient, ...args: unknown[]): Promise<{ error: any; result: any }> =>
    client.emit('rooms', ...args).then(
      (result) => ({ error: null, result }),
      (error: unknown) => ({ error, result: undefined }),
    );
  /** The first argument of the next such event. */
  const next = async <T>(client: TestClient, event: string) => (await client.received<[T]>(event))[0];

  it('takes what is said to everybody in the room, and to nobody else', async () => {
    await call(ada, 'join', { room: 'tea' });
    await call(ben, 'join', { room: 'tea' });
    const both = [next<Said>(ada, 'said'), next<Said>(ben, 'said')];
    expect(await call(ada, 'say', { room: 'tea', text: 'Hello' })).to.deep.equal({
      error: null,
      result: null,
    });
    const said = { room: 'tea', text: 'Hello', from: ada.id };
    expect(await Promise.all(both)).to.deep.equal([said, said]);

    await call(ben, 'leave', { room: 'tea' });
    const overheard: Said[] = [];
    ben.socket.on('said', (one: Said) => overheard.push(one));
    const heard = next(ada, 'said');
    await call(ada, 'say', { room: 'tea', text: 'Anybody?' });
    await heard;
    await call(ben, 'list');
    expect(overheard).to.deep.equal([]);
  });

  it('lists the rooms of a client', async () => {
    for (const room of ['tea', 'coffee', 'water']) await call(ada, 'join', { room });
    await call(ada, 'leave', { room: 'coffee' });
    expect((await call(ada, 'list')).result).to.deep.equal(['tea', 'water']);
    expect((await call(ben, 'list')).result).to.deep.equal([]);
  });

  it('lets nobody speak to a room from outside, nor to a single client', async () => {
    await call(ben, 'join', { room: 'tea' });
    for (const room of ['tea', ben.id]) {
      const { error } = await call(ada, 'say', { room, text: 'Hello' });
      expect(error).to.include({ code: 403, type: 'NOT_IN_THE_ROOM' });
    }
    await call(ada, 'join', { room: ben.id });
    const heard: Said[] = [];
    ben.socket.on('said', (one: Said) => heard.push(one));
    await call(ada, 'say', { room: ben.id, text: 'Psst' });
    await call(ben, 'list');
    expect(heard).to.deep.equal([]);
  });

  it('closes a room where another service says so, and not for clients', async () => {
    await call(ada, 'join', { room: 'tea' });
    for (const action of ['close', 'rooms.close', 'lobby.broadcast']) {
      expect((await call(ada, action, { room: 'tea' })).error, action).to.include({ code: 404 });
    }
    const closed = next(ada, 'closed');
    await rooms.broker.call('rooms.close', { room: 'tea' });
    expect(await closed).to.equal('tea');
    expect((await call(ada, 'list')).result).to.deep.equal([]);
  });
});

describe('samples/rooms, on a port', () => {
  it('can be tried', async () => {
    const { port, stop } = await start(0);
    const printed: string[] = [];
    await tryIt(`http://localhost:${port}`, (line) => printed.push(line));
    await stop();
    expect(printed).to.deep.equal([
      'Ada is in ["tea"].',
      'Ben hears: The kettle is on.',
      'Ada speaks to a room that she is not in: 403 NOT_IN_THE_ROOM',
    ]);
  });
});
