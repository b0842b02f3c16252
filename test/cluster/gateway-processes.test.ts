import { expect } from 'chai';
import { afterwards } from '../support/run-gateway';
import { describeOnTransporters } from './link-servers';
import type { ProcessClient } from './process-nodes';
import { ProcessCluster, type ProcessNode } from './process-nodes';

const TRANSPORTERS = ['TCP', 'NATS', 'Redis'] as const;

/** Resolves when a condition holds that nothing announces. The timeout of the test ends it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe('gateways on nodes in processes of their own', function () {
  this.timeout(90_000);

  describeOnTransporters(TRANSPORTERS, (transport) => {
    it('are one gateway, with Moleculer 0.14 and 0.15 together', async () => {
      const cluster = new ProcessCluster(transport());
      const one = await cluster.start('n1', { moleculer: '0.14' });
      const two = await cluster.start('n2', { moleculer: '0.15' });
      const three = await cluster.start('n3', { moleculer: '0.14' });
      const nodes = [one, two, three];
      expect(nodes.map(({ version }) => version.slice(0, 4))).to.deep.equal(['0.14', '0.15', '0.14']);
      await Promise.all(
        nodes.map((node) => node.untilPeers(...['n1', 'n2', 'n3'].filter((id) => id !== node.id))),
      );
      await actsAsOne(nodes);
    });

    it('miss nothing from their first client on, under load', async () => {
      const cluster = new ProcessCluster(transport());
      const one = await cluster.start('n1');
      await one.ask('flood');
      for (const id of ['n2', 'n3']) {
        const node = await cluster.start(id);
        const client = await node.client();
        const first = await one.ask<number>('sent');
        await until(async () => (await one.ask<number>('sent')) > first + 300);
        // A gateway sends what is emitted to all nodes, whichever has handled it.
        for (const event of ['number', 'order.paid']) {
          await client.until(event, first + 299);
          const numbers = client.received.filter(([name]) => name === event).map(([, number]) => number);
          const expected = Array.from({ length: 300 }, (_, at) => first + at);
          const got = numbers.filter(
            (number) => (number as number) >= first && (number as number) < first + 300,
          );
          expect(
            got.sort((a, b) => (a as number) - (b as number)),
            `${event} on ${id}`,
          ).to.deep.equal(expected);
        }
      }
    });

    it('survive another node that sends garbage', async () => {
      const cluster = new ProcessCluster(transport());
      const [one, two] = (await cluster.startAll('n1', 'n2')) as [ProcessNode, ProcessNode];
      const attacker = await cluster.start('n4', { attacks: '$socket-gateway.chat' });
      const link = 'attacker';
      const garbage: unknown[] = [
        null,
        'text',
        { carried: { json: '{"a":1}' }, event: 'order.paid' },
        [],
        [1],
        [99, 0, link, '', 0, 0],
        [1, 0, link, '', 0, 0],
        [1, 2, link, '', 1, 1, 'text', null, [0], [0, 'emit'], [0, 'emit', '/x', [], [], 0, '2["forged']],
        [
          1,
          2,
          link,
          '',
          1,
          2,
          [0, 'emit-values', ['/tenants/:id'], [], [], 0, '{'],
          [0, 'join', '/x', {}, 1],
        ],
        [1, 2, link, '', 1, 3, [0, 'forward', '30[{"event":7}]'], [0, 'forward', '30[null]'], [0, 'forward']],
        [
          1,
          2,
          link,
          '',
          1,
          4,
          [0, 'forward', '30[{"event":"connect"},1]'],
          [0, 'disconnect', '/x', [{}], []],
        ],
        [
          1,
          2,
          link,
          '',
          1,
          5,
          [1, 1, 'sockets', {}, 1],
          [1, 1, 'unknown'],
          [2, 1e9, 0],
          [3, 0, 1e12, 'AAAA'],
        ],
        [
          1,
          2,
          link,
          '',
          1,
          6,
          [0, 'join', '/x', [], [], ['$user:1', 7, null]],
          [0, '__proto__'],
          [0, 'adapter'],
        ],
        [
          1,
          2,
          link,
          '',
          1,
          7,
          [0, 'server', '/x', '30["error"]'],
          [0, 'server', '/x', '30["connection",null]'],
        ],
      ];
      await attacker.ask('attack', { node: 'n1', packets: garbage });
      const clients = [await one.client(), await two.client()];
      await one.call('chat.broadcast', { event: 'alive', namespace: '/x' });
      await two.call('chat.broadcast', { event: 'too', namespace: '/x' });
      for (const client of clients) await Promise.all([client.until('alive'), client.until('too')]);
      expect(await one.ask<number>('metric', 'lost.total')).to.be.at.least(5);
      expect([one.isAlive, two.isAlive]).to.deep.equal([true, true]);
    });
  });

  describeOnTransporters(['NATS', 'Redis'], (transport) => {
    it('go on alone while the transporter is away, and together when it is back', async () => {
      const cluster = new ProcessCluster(transport());
      const [one, two] = (await cluster.startAll('n1', 'n2')) as [ProcessNode, ProcessNode];
      const [near, far] = [await one.client(), await two.client()];
      await transport().stop();
      let back = false;
      afterwards(async () => {
        if (!back) await transport().restart();
      });
      const before = await one.ask<number>('metric', 'lost.total');
      // The client of NATS keeps what it cannot send, and sends it later.
      await until(async () => {
        await one.ask('broadcast', ['away']);
        return transport().name === 'NATS' || (await one.ask<number>('metric', 'lost.total')) > before;
      });
      await near.until('away');
      await two.ask('broadcast', ['alone']);
      await far.until('alone');
      await transport().restart();
      back = true;
      await until(async () => {
        await one.ask('broadcast', ['together']);
        await two.ask('broadcast', ['both']);
        return [far.received, near.received].every((events, at) =>
          events.some(([event]) => event === ['together', 'both'][at]),
        );
      });
      await actsAsOne([one, two]);
    });
  });
});

/** Tries on nodes whatever a gateway does for other nodes. */
async function actsAsOne(nodes: readonly ProcessNode[]): Promise<void> {
  const clients: ProcessClient[] = [];
  for (const node of nodes) clients.push(await node.client('/x', { auth: { user: { id: node.id } } }));
  for (const [at, node] of nodes.entries()) {
    await node.call('chat.broadcast', { event: `all ${at}`, namespace: '/x' });
    await node.ask('broadcast', [`bytes ${at}`, at]);
    await node.ask('emit', { event: 'order.paid', params: at });
    const next = clients[(at + 1) % clients.length]!;
    await clients[at]!.socket.emitWithAck('say', `hello ${at}`);
    await clients[at]!.socket.emitWithAck('enter', `room ${at}`);
    await nodes[(at + 1) % nodes.length]!.call('chat.broadcast', {
      event: `to room ${at}`,
      rooms: [`room ${at}`],
    });
    await next.until('said', `hello ${at}`);
    await clients[at]!.until(`to room ${at}`);
    for (const client of clients) {
      await Promise.all([
        client.until(`all ${at}`),
        client.until(`bytes ${at}`, at),
        client.until('order.paid', at),
      ]);
    }
    expect(await node.call('chat.getClients')).to.include.members(clients.map(({ id }) => id));
    next.socket.once('what', (value: number, answer: (value: number) => void) => answer(value + 1));
    const question = { socketId: next.id, event: 'what', args: [at], timeout: 5000 };
    expect(await node.call('chat.request', question)).to.equal(at + 1);
  }
  await clients[0]!.socket.emitWithAck('gather');
  await Promise.all(clients.map((client) => client.until('gathered')));
  for (const client of clients) {
    expect(client.received.filter(([event]) => event === 'gathered')).to.have.length(1);
    for (const [at] of nodes.entries())
      expect(
        client.received.filter(([event, value]) => event === 'order.paid' && value === at),
      ).to.have.length(1);
  }

  // A tenant whose clients are on the last node only.
  const last = nodes.at(-1)!;
  const tenants = [await last.client('/tenants/a'), await last.client('/tenants/b')];
  await nodes[0]!.call('tenants.broadcast', { namespace: '/tenants/a', event: 'a' });
  await nodes[0]!.call('tenants.broadcast', { event: 'both' });
  await Promise.all(tenants.map((client) => client.until('both')));
  await tenants[0]!.until('a');
  expect(tenants.map(({ received }) => received)).to.deep.equal([[['a'], ['both']], [['both']]]);
  expect(await nodes[0]!.call('tenants.getClients')).to.have.members(tenants.map(({ id }) => id));
  await nodes[0]!.call('tenants.joinRooms', { socketIds: tenants[1]!.id, join: 'room' });
  await nodes[0]!.call('tenants.broadcast', { event: 'room', rooms: 'room' });
  await tenants[1]!.until('room');

  // Who is nowhere is told at once, and who goes, too.
  const nobody = { socketId: tenants[0]!.id, event: 'what', namespace: '/x', timeout: 10_000 };
  const failure = await nodes[0]!.call('chat.request', nobody).catch((error: unknown) => error);
  expect(failure).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });
  tenants[0]!.socket.once('what', () => tenants[0]!.socket.disconnect());
  const going = { socketId: tenants[0]!.id, event: 'what', timeout: 10_000 };
  const gone = await nodes[0]!.call('tenants.request', going).catch((error: unknown) => error);
  expect(gone).to.include({ code: 404, type: 'SOCKET_NOT_FOUND' });

  const reasons = clients.map(
    (client) => new Promise((resolve) => client.socket.once('disconnect', resolve)),
  );
  for (const [at, { id }] of nodes.entries())
    await nodes[(at + 1) % nodes.length]!.call('chat.disconnect', { user: id });
  expect(await Promise.all(reasons)).to.deep.equal(clients.map(() => 'io server disconnect'));
}
