import { expect } from 'chai';
import { afterwards } from '../support/run-gateway';
import { LinkCluster, until, type LinkNode } from './link-nodes';
import { describeOnTransporters, TRANSPORTERS, type Transport } from './link-servers';

describe('the nodes of a cluster', () => {
  describeOnTransporters(TRANSPORTERS, (transport) => {
    let cluster: LinkCluster;
    beforeEach(() => {
      cluster = new LinkCluster(transport());
      afterwards(() => cluster.stop());
    });

    it('reach a new one when it has greeted them', async () => {
      const one = await cluster.add('n1');
      const two = await cluster.add('n2');
      // Nothing is awaited but what the gateway awaits.
      const client = await two.client();
      one.io.emit('hello');
      expect(await client.until('hello')).to.deep.equal([['hello']]);
      const three = await cluster.add('n3');
      const last = await three.client();
      one.io.emit('again');
      two.io.emit('again');
      while (last.events.length < 2) await last.until('again').then(() => new Promise(setImmediate));
    });

    it('find each other if they start at the same time', async () => {
      await Promise.all(['n1', 'n2', 'n3'].map((id) => cluster.add(id)));
      await cluster.meet();
      const clients = await Promise.all(cluster.nodes.map((node) => node.client()));
      for (const { io } of cluster.nodes) io.emit('hello');
      for (const client of clients) while (client.events.length < 3) await new Promise(setImmediate);
    });

    it('know at once that one has left', async () => {
      const [one, two] = (await cluster.addAll('n1', 'n2')) as [LinkNode, LinkNode];
      await two.link.close();
      await until(one.link, () => one.link.size === 0);
      expect(one.observed.peers).to.equal(0);
      expect(await one.io.of('/').adapter.serverCount()).to.equal(1);
    });

    it('know the one that starts again under the same id, and mix up nothing', async () => {
      const [one, two] = (await cluster.addAll('n1', 'n2')) as [LinkNode, LinkNode];
      const old = two.link.instance;
      await two.stop();
      cluster.nodes.pop();
      const again = await cluster.add('n2');
      await until(one.link, () => one.link.size === 1);
      const client = await again.client();
      // A message to the link that was there before, and one from it, come late.
      again.link.receive({
        nodeID: 'n1',
        params: [1, 2, one.link.instance, old, 1, 5, [0, 'emit', '/', [], [], 0, '2["late"]']],
      } as never);
      one.link.receive({
        nodeID: 'n2',
        params: [1, 2, old, one.link.instance, 1, 5, [0, 'emit', '/', [], [], 0, '2["late"]']],
      } as never);
      one.io.emit('hello');
      expect(await client.until('hello')).to.deep.equal([['hello']]);
      again.io.emit('from the new one');
      const there = await one.client();
      again.io.emit('still there');
      expect(await there.until('still there')).to.deep.include(['still there']);
    });

    it('keep several gateways apart', async () => {
      await cluster.add('n1', { service: 'chat' });
      await cluster.add('n2', { service: 'chat' });
      await cluster.add('n3', { service: 'v2.chat' });
      const [one, two, three] = cluster.nodes as [LinkNode, LinkNode, LinkNode];
      await until(one.link, () => one.link.size === 1);
      await until(two.link, () => two.link.size === 1);
      expect([one.link.peers, two.link.peers, three.link.peers]).to.deep.equal([['n2'], ['n1'], []]);
    });

    it('do without a namespace that only others have', async () => {
      const [one, two] = (await cluster.addAll('n1', 'n2')) as [LinkNode, LinkNode];
      const two7 = two.io.of('/tenants/7');
      two.io.of('/tenants/8');
      const clients = [await two.client('/tenants/7'), await two.client('/tenants/8'), await two.client()];
      const opts = { rooms: new Set<string>(), except: new Set<string>() };
      one.namespaces.remote('/tenants/7').join(opts, ['room']);
      one.namespaces.remote({ path: '/tenants/:id' }).emitValues(['all', Buffer.from('x')], opts);
      one.namespaces.remote({ path: '/other/:id' }).emitValues(['never'], opts);
      expect(await clients[0]!.until('all')).to.deep.equal([['all', Buffer.from('x')]]);
      expect(await clients[1]!.until('all')).to.deep.equal([['all', Buffer.from('x')]]);
      expect(two7.adapter.rooms.has('room')).to.equal(true);
      expect(await one.namespaces.remote({ path: '/tenants/:id' }).ids(opts)).to.have.members([
        clients[0]!.id,
        clients[1]!.id,
      ]);
      expect(clients[2]!.events).to.deep.equal([]);
      expect([...one.io._nsps.keys()]).to.deep.equal(['/']);
    });

    it('send nothing that concerns local sockets only', async () => {
      const [one] = (await cluster.addAll('n1', 'n2')) as [LinkNode];
      const client = await one.client();
      const { sent } = one.observed;
      one.io.to(client.id).emit('hello');
      one.io.in(client.id).socketsJoin('room');
      one.io.local.emit('end');
      expect(await client.until('end')).to.deep.equal([['hello'], ['end']]);
      expect(one.observed.sent).to.equal(sent);
    });
  });
});

describe('a cluster whose transporter goes away and comes back', () => {
  describeOnTransporters(['NATS', 'Redis'], (transport: () => Transport) => {
    it('serves local clients, counts what is lost, and reaches all nodes again', async function () {
      this.timeout(60_000);
      const cluster = new LinkCluster(transport());
      afterwards(() => cluster.stop());
      const [one, two] = (await cluster.addAll('n1', 'n2')) as [LinkNode, LinkNode];
      const clients = [await one.client(), await two.client()] as const;
      // Moleculer leaves a connection to Redis behind when it connects again.
      for (const { broker } of cluster.nodes) {
        const { tx } = broker.transit as never as { tx: { clientPub?: { disconnect(): void } } };
        const { clientPub } = tx;
        if (clientPub) afterwards(() => clientPub.disconnect());
      }
      await transport().stop();
      if (transport().name === 'Redis') {
        while ((one.broker.transit as never as { tx: { connected: boolean } }).tx.connected)
          await new Promise(setImmediate);
      }
      one.io.emit('away');
      await clients[0].until('away');
      if (transport().name === 'Redis') {
        expect(one.observed.lost).to.equal(1);
        expect(await one.io.fetchSockets()).to.have.length(1);
      }
      await transport().restart();
      for (let number = 0; !clients[1].events.some(([name]) => name === 'back'); number++) {
        one.io.emit('back', number);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      // In order, and each once.
      const numbers = clients[1].events
        .filter(([name]) => name === 'back')
        .map(([, number]) => number as number);
      expect(numbers).to.deep.equal([...new Set(numbers)].sort((a, b) => a - b));
      two.io.emit('answer');
      await clients[0].until('answer');
    });
  });
});
