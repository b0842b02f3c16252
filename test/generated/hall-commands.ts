import { expect } from 'chai';
import fc from 'fast-check';
import type { Socket as ServerSocket } from 'socket.io';
import { io, type Socket } from 'socket.io-client';
import { portOf, serviceOf, type RunningGateway } from '../support/run-gateway';
import type { ServiceBroker } from 'moleculer';
import { knownOf, type HallModel, type Person } from './hall-model';

/** The real thing: a broker, and the clients that the model's people are. */
export class RealHalls {
  readonly clients = new Map<number, Socket>();
  readonly heard = new Map<number, unknown[]>();

  constructor(readonly broker: ServiceBroker) {}

  get gateway(): RunningGateway {
    return serviceOf(this.broker, 'hall');
  }

  async connect(id: number, hall: string, user: string | undefined): Promise<void> {
    const client = io(`http://localhost:${portOf(this.gateway)}/halls/${hall}`, {
      forceNew: true,
      reconnection: false,
      transports: ['websocket'],
      auth: { user },
    });
    const heard: unknown[] = [];
    client.onAny((...args: unknown[]) => heard.push(args));
    this.clients.set(id, client);
    this.heard.set(id, heard);
    await new Promise((resolve, reject) => {
      client.once('connect', () => resolve(undefined));
      client.once('connect_error', reject);
    });
  }

  client(id: number): Socket {
    return this.clients.get(id) as Socket;
  }

  /** The error and the result of an event; each must be answered exactly once, in time. */
  ask(id: number, event: string, ...args: unknown[]): Promise<{ code: number; result: unknown }> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`'${event}' was not answered`));
      }, 5000);
      this.client(id).emit(event, ...args, (error: { code: number } | null, result: unknown) => {
        clearTimeout(timer);
        resolve({ code: error?.code ?? 0, result });
      });
    });
  }

  /** Resolves when a client has noticed that it was disconnected. */
  gone(id: number): Promise<void> {
    const client = this.client(id);
    return client.connected
      ? new Promise((resolve) => client.once('disconnect', () => resolve()))
      : Promise.resolve();
  }

  serverSocket(id: number, { hall }: Person): ServerSocket {
    return this.gateway.namespaces
      .get(`/halls/${hall}`)
      ?.sockets.get(this.client(id).id as string) as ServerSocket;
  }

  close(): void {
    for (const client of this.clients.values()) client.disconnect();
  }
}

type Command = fc.AsyncCommand<HallModel, RealHalls>;

/** Whoever is there must have heard what the model says, no more and no less, and be known as the model knows him. */
async function compare(model: HallModel, real: RealHalls): Promise<void> {
  // The answer comes after all that was sent before it.
  const known = await Promise.all([...model.people.keys()].map((id) => real.ask(id, 'call', 'talk.who')));
  [...model.people].forEach(([id, person], at) => {
    expect(known[at]).to.deep.equal({ code: 0, result: knownOf(person) });
    expect(real.heard.get(id)).to.deep.equal(person.heard);
  });
  const connected = [...real.gateway.namespaces.values()].reduce((sum, { sockets }) => sum + sockets.size, 0);
  expect(connected).to.equal(model.people.size);
}

/** A command of somebody who is there, `at` saying who. */
function byPerson(
  name: string,
  run: (model: HallModel, real: RealHalls, id: number, person: Person) => unknown,
): fc.Arbitrary<Command> {
  return fc.nat(20).map((at) => ({
    check: ({ people }) => people.size > 0,
    toString: () => `${name} by ${at}`,
    async run(model, real) {
      const [id, person] = model.pick(at) as [number, Person];
      await run(model, real, id, person);
      await compare(model, real);
    },
  }));
}

const halls = fc.constantFrom('x', 'y');
const rooms = fc.constantFrom('a', 'b');
const users = fc.constantFrom('ada', 'ben');

/** A command that needs nobody. */
function command(name: string, run: Command['run']): Command {
  return {
    check: () => true,
    toString: () => name,
    async run(model, real) {
      await run(model, real);
      await compare(model, real);
    },
  };
}

/** Everything that can happen. */
export const COMMANDS: fc.Arbitrary<Command>[] = [
  fc.tuple(halls, fc.option(users, { nil: undefined })).map(([hall, user]) =>
    command(`enter ${hall} as ${user ?? 'nobody'}`, async (model, real) => {
      if (model.people.size < 5) await real.connect(model.enter(hall, user), hall, user);
    }),
  ),
  users.chain((user) =>
    byPerson(`login as ${user}`, async (_model, real, id, person) => {
      expect((await real.ask(id, 'login', user)).code).to.equal(0);
      person.user = user;
    }),
  ),
  byPerson('logout', async (_model, real, id, person) => {
    expect((await real.ask(id, 'logout')).code).to.equal(0);
    person.user = undefined;
  }),
  byPerson('fail', async (_model, real, id) => {
    expect((await real.ask(id, 'fail')).code).to.equal(500);
  }),
  byPerson('unknown event', async (_model, real, id) => {
    expect((await real.ask(id, 'unheard')).code).to.equal(404);
  }),
  rooms.chain((room) =>
    byPerson(`join ${room}`, async (_model, real, id, person) => {
      const { code } = await real.ask(id, 'call', 'talk.enter', { room });
      expect(code).to.equal(person.user === undefined ? 401 : 0);
      if (code === 0) person.rooms.add(room);
    }),
  ),
  rooms.chain((room) =>
    byPerson(`leave ${room}`, async (_model, real, id, person) => {
      expect((await real.ask(id, 'call', 'talk.quit', { room })).code).to.equal(0);
      person.rooms.delete(room);
    }),
  ),
  rooms.chain((room) =>
    byPerson(`say in ${room}`, async (model, real, id, person) => {
      const text = model.nextText();
      const { code } = await real.ask(id, 'say', room, text);
      expect(code).to.equal(person.user === undefined ? 401 : 0);
      if (code !== 0) return;
      const others = model.in(person.hall, (one) => one !== person && one.rooms.has(room));
      model.hear(others, 'said', room, text);
    }),
  ),
  fc.tuple(users, fc.option(halls, { nil: undefined })).map(([user, hall]) =>
    command(`mail to ${user} in ${hall ?? 'all halls'}`, async (model, real) => {
      const text = model.nextText();
      const namespace = hall === undefined ? {} : { namespace: `/halls/${hall}` };
      await real.broker.call('hall.broadcast', {
        event: 'mail',
        args: [text],
        rooms: `user:${user}`,
        ...namespace,
      });
      model.hear(
        model.in(hall, (one) => one.user === user),
        'mail',
        text,
      );
    }),
  ),
  fc.tuple(rooms, users).map(([room, user]) =>
    command(`news to ${room} except ${user}`, async (model, real) => {
      const text = model.nextText();
      const params = { event: 'news', args: [text], rooms: `talk:${room}`, except: `user:${user}` };
      await real.broker.call('hall.broadcast', params);
      model.hear(
        model.in(undefined, (one) => one.rooms.has(room) && one.user !== user),
        'news',
        text,
      );
    }),
  ),
  users.map((user) =>
    command(`disconnect ${user}`, async (model, real) => {
      const ended = model.in(undefined, (one) => one.user === user).map(([id]) => id);
      const gone = ended.map((id) => real.gone(id));
      await real.broker.call('hall.disconnect', { user });
      await Promise.all(gone);
      for (const id of ended) model.leave(id);
    }),
  ),
  fc.constantFrom('says goodbye', 'is cut off').chain((how) =>
    byPerson(how, async (model, real, id, person) => {
      const socket = real.serverSocket(id, person);
      const gone = new Promise((resolve) => socket.once('disconnect', resolve));
      if (how === 'is cut off') real.client(id).io.engine.close();
      else real.client(id).disconnect();
      await gone;
      model.leave(id);
    }),
  ),
  byPerson('vanishes while it logs in', async (model, real, id, person) => {
    const socket = real.serverSocket(id, person);
    const gone = new Promise((resolve) => socket.once('disconnect', resolve));
    real.client(id).emit('login', 'ada');
    real.client(id).disconnect();
    await gone;
    model.leave(id);
  }),
  fc.constant(
    command('restart', async (model, real) => {
      const gone = [...model.people.keys()].map((id) => real.gone(id));
      await real.broker.stop();
      await Promise.all(gone);
      for (const id of [...model.people.keys()]) model.leave(id);
      await real.broker.start();
    }),
  ),
];
