import { expect } from 'chai';
import { describeOnTransporters } from './link-servers';
import { ProcessCluster, type ProcessNode } from './process-nodes';

describe('gateways on nodes whose processes end', function () {
  this.timeout(90_000);

  describeOnTransporters(['TCP', 'NATS', 'Redis'], (transport) => {
    it('do without one that is killed, and take it back under its id', async () => {
      const cluster = new ProcessCluster(transport());
      const [one, two, three] = (await cluster.startAll('n1', 'n2', 'n3')) as [
        ProcessNode,
        ProcessNode,
        ProcessNode,
      ];
      const clients = [await one.client(), await two.client()];
      const lost = await three.client();
      await three.kill();
      await one.call('chat.broadcast', { event: 'without', namespace: '/x' });
      await Promise.all(clients.map((client) => client.until('without')));
      // Moleculer notices by its heartbeats.
      await Promise.all([one.untilPeers('n2'), two.untilPeers('n1')]);
      expect(await one.call('chat.getClients')).to.have.members(clients.map(({ id }) => id));
      expect(await one.call('chat.getClients')).not.to.include(lost.id);
      const again = await cluster.start('n3');
      clients.push(await again.client());
      await two.call('chat.broadcast', { event: 'again', namespace: '/x' });
      await Promise.all(clients.map((client) => client.until('again')));
      expect(await again.call('chat.getClients')).to.have.members(clients.map(({ id }) => id));
    });

    it('take one back that was killed and comes back before the others have noticed', async () => {
      const cluster = new ProcessCluster(transport());
      const [one, two] = (await cluster.startAll('n1', 'n2')) as [ProcessNode, ProcessNode];
      await two.kill();
      const again = await cluster.start('n2');
      const clients = [await one.client(), await again.client()];
      await one.call('chat.broadcast', { event: 'there', namespace: '/x' });
      await Promise.all(clients.map((client) => client.until('there')));
      await again.call('chat.broadcast', { event: 'here', namespace: '/x' });
      await Promise.all(clients.map((client) => client.until('here')));
    });

    it('are told by one that stops, and take it back under its id', async () => {
      const cluster = new ProcessCluster(transport());
      const [one, two] = (await cluster.startAll('n1', 'n2')) as [ProcessNode, ProcessNode];
      await two.stop();
      await one.untilPeers();
      expect(await one.call('chat.getClients')).to.deep.equal([]);
      const again = await cluster.start('n2');
      const client = await again.client();
      await one.call('chat.broadcast', { event: 'back', namespace: '/x' });
      await client.until('back');
    });
  });
});
