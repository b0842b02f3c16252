import { expect } from 'chai';
import type { Namespace, Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ServerSettings,
  type SocketContext,
} from '../../src';
import { handOverSessions } from '../../src/runtime/cluster/hand-over-sessions';
import { RecoveryBudget } from '../../src/runtime/cluster/recovery-budget';
import { gatewaysOf } from '../../src/runtime/gateways-of';
import {
  ask,
  CollectingLogger,
  connected,
  newBroker,
  newClient,
  next,
  portOf,
  serviceOf,
  signal,
  type Client,
  type RunningGateway,
} from '../support/run-gateway';
import { PresenceView } from '../support/presence-view';
import { RawClient } from '../support/raw-client';

interface Account {
  id: number;
  since?: Date;
  validUntil?: Date;
}

let clusters = 0;

/** A node whose clients can be recovered. */
class Node {
  /** Released when events that log out late may go on. */
  lateLogout = signal();

  constructor(
    readonly gateway: RunningGateway,
    readonly logger: CollectingLogger,
  ) {}

  get namespace(): Namespace {
    return this.gateway.namespaces.get('/x')!;
  }

  get address(): { url: string; port: number } {
    const port = portOf(this.gateway);
    return { port, url: `http://localhost:${port}` };
  }

  /** Sends to all clients of all nodes. */
  say(...event: [string, ...unknown[]]): void {
    this.namespace.emit(...event);
  }

  call<T>(action: string, params: object): Promise<T> {
    return this.gateway.broker.call(`mail.${action}`, params);
  }
}

async function nodes(
  count: number,
  settings: ServerSettings = {},
  namespaceOptions: object = {},
): Promise<Node[]> {
  const namespace = `recovery-${++clusters}`;
  const started: Node[] = [];
  for (let number = 1; number <= count; number++) {
    const logger = new CollectingLogger();
    const io = { options: { connectionStateRecovery: { maxDisconnectionDuration: 60_000 } } };
    @SocketNamespace('/x', { name: 'mail', settings: { port: 0, io, ...settings }, ...namespaceOptions })
    class MailGateway extends SocketGateway {
      @Authenticate<Account>({
        room: ({ id }) => `inbox:${id}`,
        expiresAt: ({ validUntil }) => validUntil,
      })
      authenticate(socket: ServerSocket): Account {
        const { id, lifetime } = socket.handshake.auth as { id: number; lifetime?: number };
        const validUntil = lifetime === undefined ? {} : { validUntil: new Date(Date.now() + lifetime) };
        return { id, since: new Date(5), ...validUntil };
      }
      @SocketEvent()
      enter(ctx: SocketContext<string>) {
        return ctx.socket.join(ctx.params);
      }
      @SocketEvent()
      me({ meta: { user }, socket }: SocketContext) {
        const { since, ...rest } = user as Account;
        return { user: rest, isDate: since instanceof Date, rooms: [...socket.rooms].sort(), id: socket.id };
      }
      @SocketEvent()
      async lateLogout(ctx: SocketContext) {
        await node.lateLogout;
        ctx.meta.user = null;
      }
    }
    const options = { nodeID: `n${number}`, namespace, transporter: 'Fake' as const, logger };
    const broker = newBroker(MailGateway, options);
    await broker.start();
    const node: Node = new Node(serviceOf(broker, 'mail'), logger);
    started.push(node);
  }
  return started;
}

/** Connects a client that can be recovered. */
async function enter(node: Node, auth: object = { id: 1 }): Promise<Client> {
  const client = newClient(node.address, '/x', { auth });
  await connected(client);
  const hello = next(client, 'hello');
  node.namespace.local.emit('hello');
  await hello;
  return client;
}

/** Breaks the connection of a client, and waits until the node knows. */
async function cut(node: Node, client: Client): Promise<void> {
  const gone = new Promise((resolve) => node.namespace.sockets.get(client.id!)?.once('disconnect', resolve));
  client.io.engine.close();
  await gone;
}

/** The secret by which a client is recovered. */
function secretOf(client: Client): { pid: string; offset: string } {
  const { _pid: pid, _lastOffset: offset } = client as object as { _pid: string; _lastOffset: string };
  return { pid, offset };
}

/** Lets a client come back to a node. */
function moveTo(node: Node, client: Client): Promise<void> {
  (client.io as object as { uri: string }).uri = node.address.url;
  const back = connected(client);
  client.connect();
  return back;
}

/** Collects the events of a name that a client gets. */
function heard(client: Client, event: string): unknown[] {
  const values: unknown[] = [];
  client.on(event, (value: unknown) => values.push(value));
  return values;
}

/** Resolves when something that was sent from all nodes has arrived. */
async function fence(client: Client, ...from: Node[]): Promise<void> {
  let missing = from.length;
  const passed = signal();
  const check = (): void => {
    if (--missing === 0) passed.fire();
  };
  client.on('fence', check);
  for (const node of from) node.say('fence');
  await passed;
  client.off('fence', check);
}

describe('a client that comes back to another node', () => {
  it('has its id, its rooms, its user, and what it missed', async () => {
    const [one, two] = await nodes(2);
    const client = await enter(one!);
    await ask(client, 'enter', 'tea');
    const before = (await ask(client, 'me')).result;
    const letters = heard(client, 'letter');
    await cut(one!, client);
    one!.say('letter', 1);
    two!.namespace.to('tea').emit('letter', Buffer.from('bytes'));
    one!.namespace.to('inbox:1').emit('letter', 3);
    one!.namespace.to('coffee').emit('letter', 'for others');
    one!.namespace.except('tea').emit('letter', 'for others');
    two!.namespace.to(client.id ?? before.id).emit('letter', 4);
    await moveTo(two!, client);
    expect(client.recovered).to.equal(true);
    await fence(client, one!, two!);
    // Messages of different nodes have no order.
    expect(letters).to.have.deep.members([1, Buffer.from('bytes'), 3, 4]);
    expect(letters.indexOf(1)).to.be.below(letters.indexOf(3));
    expect((await ask(client, 'me')).result).to.deep.equal(before);
    expect(before).to.include({ isDate: true, id: client.id });
  });

  it('comes back time and again, to whatever node', async () => {
    const all = await nodes(3);
    const client = await enter(all[0]!);
    const { id } = client;
    const letters = heard(client, 'letter');
    const route = [0, 1, 2, 2, 0];
    for (const [hop, from] of route.entries()) {
      const to = route[hop + 1];
      if (to === undefined) break;
      await cut(all[from]!, client);
      for (const node of all) node.say('letter', hop);
      await moveTo(all[to]!, client);
      expect([client.recovered, client.id]).to.deep.equal([true, id]);
      await fence(client, ...all);
    }
    expect(letters).to.deep.equal([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3]);
  });

  it('gets each message once, and in order for each sender, under load', async function () {
    this.timeout(60_000);
    const all = await nodes(3);
    const client = await enter(all[0]!);
    const heardFrom = new Map<string, number[]>(all.map(({ gateway }) => [gateway.broker.nodeID, []]));
    client.on('number', (node: string, value: number) => heardFrom.get(node)!.push(value));
    let sent = 0;
    let isOver = false;
    const flood = (): void => {
      for (const node of all) node.say('number', node.gateway.broker.nodeID, sent);
      sent++;
      if (!isOver) setImmediate(flood);
    };
    flood();
    for (let hop = 0; hop < 12; hop++) {
      const before = sent;
      while (sent < before + 20) await new Promise(setImmediate);
      await cut(all[hop % 3]!, client);
      await moveTo(all[(hop + 1) % 3]!, client);
      expect(client.recovered, `hop ${hop}`).to.equal(true);
    }
    isOver = true;
    await fence(client, ...all);
    const expected = Array.from({ length: sent }, (_none, at) => at);
    for (const [node, values] of heardFrom) expect(values, node).to.deep.equal(expected);
  });

  it('returns once, to whatever nodes it comes at the same time', async () => {
    const all = await nodes(3);
    const client = await enter(all[0]!);
    const { id } = client;
    const secret = secretOf(client);
    await cut(all[0]!, client);
    const raws = await Promise.all([...all, ...all].map(({ address }) => RawClient.open(address)));
    for (const raw of raws) raw.send(`40/x,${JSON.stringify({ ...secret, id: 2 })}`);
    const ids = await Promise.all(
      raws.map(async (raw) => JSON.parse((await raw.message(/^40\/x,/)).slice(5)).sid as string),
    );
    expect(ids.filter((one) => one === id)).to.have.length(1);
    expect(new Set(ids).size).to.equal(6);
  });

  const ends: Record<string, (nodes: Node[], id: string) => unknown> = {
    'its user was disconnected': ([one]) => one!.call('disconnect', { user: 1 }),
    'its user was disconnected by another node': ([, two]) => two!.call('disconnect', { user: 1 }),
    'its id was disconnected by a third node': ([, , three], id) =>
      three!.call('disconnect', { socketIds: id }),
    'all were disconnected': ([, two]) => two!.namespace.disconnectSockets(),
  };
  for (const [what, end] of Object.entries(ends)) {
    it(`enters anew where ${what} meanwhile`, async () => {
      const all = await nodes(3);
      const client = await enter(all[0]!);
      const id = client.id!;
      await cut(all[0]!, client);
      all[0]!.say('letter', 'secret');
      const letters = heard(client, 'letter');
      await end(all, id);
      await moveTo(all[1]!, client);
      expect(client.recovered).to.equal(false);
      expect(client.id).not.to.equal(id);
      await fence(client, ...all);
      expect(letters).to.deep.equal([]);
    });
  }

  it('enters anew where its user has expired meanwhile', async () => {
    const [one, two] = await nodes(2);
    const client = await enter(one!, { id: 1, lifetime: 100 });
    await cut(one!, client);
    await new Promise((resolve) => setTimeout(resolve, 110));
    client.auth = { id: 1 };
    await moveTo(two!, client);
    expect(client.recovered).to.equal(false);
  });

  it('is disconnected when its user expires after it came back', async () => {
    const [one, two] = await nodes(2);
    const client = await enter(one!, { id: 1, lifetime: 1500 });
    await cut(one!, client);
    await moveTo(two!, client);
    expect(client.recovered).to.equal(true);
    expect(await next(client, 'disconnect')).to.include('io server disconnect');
  });

  it('is disconnected where an event that it sent before logs it out', async () => {
    const [one, two] = await nodes(2);
    const client = await enter(one!);
    client.emit('lateLogout');
    await ask(client, 'me');
    await cut(one!, client);
    await moveTo(two!, client);
    expect(client.recovered).to.equal(true);
    const gone = next(client, 'disconnect');
    one!.lateLogout.fire();
    expect(await gone).to.include('io server disconnect');
  });

  it('enters anew where its node has crashed, or the session is unknown', async () => {
    const [one, two] = await nodes(2);
    const client = await enter(one!);
    const { id } = client;
    // What a crash leaves behind: nothing.
    const gone = next(client, 'disconnect');
    await one!.gateway.broker.stop();
    await gone;
    await moveTo(two!, client);
    expect([client.recovered, client.id === id]).to.deep.equal([false, false]);
    for (const secret of [
      { pid: 'x'.repeat(5000), offset: 'y' },
      { pid: 'unknown', offset: '12345678zz' },
      { pid: '__proto__', offset: '' },
    ]) {
      const raw = await RawClient.open(two!.address);
      raw.send(`40/x,${JSON.stringify({ ...secret, id: 1 })}`);
      expect(await raw.message(/^4[04]\/x,/)).to.match(/^40/);
    }
  });

  it('is recovered where its node was drained, and gets what it missed of all nodes', async () => {
    const [one, two, three] = await nodes(3);
    const clients = [await enter(one!), await enter(one!, { id: 2 })];
    const letters = clients.map((client) => heard(client, 'letter'));
    const ids = clients.map(({ id }) => id);
    for (const client of clients) await cut(one!, client);
    one!.say('letter', 'before');
    one!.namespace.local.emit('letter', 'local');
    one!.namespace.to('inbox:2').emit('letter', 'for two');
    for (const gateway of gatewaysOf(one!.gateway)) await handOverSessions(gateway);
    await one!.gateway.broker.stop();
    two!.say('letter', 'after');
    three!.say('letter', 'later');
    await moveTo(two!, clients[0]!);
    await moveTo(three!, clients[1]!);
    expect(clients.map(({ recovered, id }) => [recovered, id])).to.deep.equal(ids.map((id) => [true, id]));
    for (const client of clients) await fence(client, two!, three!);
    expect(letters[0]).to.have.members(['before', 'local', 'after', 'later']);
    expect(letters[1]).to.have.members(['before', 'local', 'for two', 'after', 'later']);
    for (const list of letters) expect(list.slice(0, 2)).to.deep.equal(['before', 'local']);
  });

  it('never left where its node drains, and has what it missed', async () => {
    const [one, two] = await nodes(2, {}, { presence: { grace: 60_000 } });
    const watcher = newClient(two!.address, '/x', { auth: { id: 2 } });
    const view = new PresenceView(watcher);
    await connected(watcher);
    const clients = [await enter(one!), await enter(one!, { id: 3 })];
    const letters = clients.map((client) => heard(client, 'letter'));
    const ids = clients.map(({ id }) => id);
    await view.has('', 1, 2, 3);
    const gone = clients.map((client) => next(client, 'disconnect'));
    await one!.call('drain', { window: 0, grace: 0 });
    await Promise.all(gone);
    two!.say('letter', 'while away');
    // One comes back while the drained node is there, the other one after it has stopped.
    await moveTo(two!, clients[0]!);
    await one!.gateway.broker.stop();
    await moveTo(two!, clients[1]!);
    expect(clients.map(({ recovered, id }) => [recovered, id])).to.deep.equal(ids.map((id) => [true, id]));
    for (const client of clients) await fence(client, two!);
    expect(letters).to.deep.equal([['while away'], ['while away']]);
    const left = view.messages.flatMap((message) => ('leaves' in message ? message.leaves : []));
    expect(left).to.deep.equal([]);
    expect(view.ids()).to.deep.equal([1, 2, 3]);
  });

  it('enters anew where what it missed takes too much memory', async () => {
    const [one, two] = await nodes(2, { recovery: { maxBytes: 50_000 } });
    const [early, late] = [await enter(one!), await enter(one!, { id: 2 })];
    await cut(one!, early);
    for (let at = 0; at < 20; at++) one!.say('letter', 'x'.repeat(5000));
    expect(RecoveryBudget.of(one!.gateway.io).bytes).to.be.within(1, 50_000);
    await fence(late, one!);
    await cut(one!, late);
    one!.say('letter', 'small');
    await moveTo(two!, early);
    const letters = heard(late, 'letter');
    await moveTo(two!, late);
    expect([early.recovered, late.recovered]).to.deep.equal([false, true]);
    await fence(late, one!, two!);
    expect(letters).to.deep.equal(['small']);
  });

  it('is refused settings that bound nothing', async () => {
    for (const recovery of [{ maxBytes: 'many' }, { maxByte: 5 }, 7] as never[]) {
      const failure = await nodes(1, { recovery }).catch((error: unknown) => String(error));
      expect(failure).to.include('settings.recovery must be an object with a number of bytes from 0');
    }
  });
});
