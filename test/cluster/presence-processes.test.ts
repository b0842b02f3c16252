import { once } from 'node:events';
import { expect } from 'chai';
import type { PresentUser } from '../../src';
import { PresenceView } from '../support/presence-view';
import { describeOnTransporters } from './link-servers';
import { ProcessClient, ProcessCluster, type ProcessNode } from './process-nodes';

const FILE = 'presence-process.ts';

/** Resolves when a condition holds that nothing announces. The timeout of the test ends it. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function startAll(cluster: ProcessCluster, ...ids: string[]): Promise<ProcessNode[]> {
  const nodes: ProcessNode[] = [];
  for (const id of ids) nodes.push(await cluster.start(id, { file: FILE }));
  await Promise.all(nodes.map((node) => node.untilPeers(...ids.filter((id) => id !== node.id))));
  return nodes;
}

/** A client that collects what it is told, and connects by itself only if it is told to. */
async function enter(
  node: ProcessNode,
  user: number,
): Promise<{ client: ProcessClient; view: PresenceView }> {
  const client = new ProcessClient(`${node.url}/x`, { auth: { user: { id: user } } });
  const view = new PresenceView(client.socket);
  await client.connected();
  return { client, view };
}

/** Cuts a client off, and lets it come back to a node. */
async function move({ socket }: ProcessClient, from: ProcessNode, to: ProcessNode): Promise<void> {
  const gone = once(socket as never, 'disconnect');
  await from.ask('cut', socket.id);
  await gone;
  (socket.io as object as { uri: string }).uri = to.url;
  const back = once(socket as never, 'connect');
  socket.connect();
  await back;
}

const listOf = (node: ProcessNode): Promise<PresentUser[]> => node.call('chat.listPresence');

describe('presence and recovery on nodes in processes of their own', function () {
  this.timeout(90_000);

  describeOnTransporters(['TCP', 'Redis'], (transport) => {
    it('show those of a node that is killed for the grace, and then no more', async () => {
      const cluster = new ProcessCluster(transport());
      const [one, two, three] = await startAll(cluster, 'n1', 'n2', 'n3');
      const ada = await enter(one!, 1);
      const ben = await enter(two!, 2);
      const cid = await enter(three!, 3);
      await Promise.all([ada, ben, cid].map(({ view }) => view.has('', 1, 2, 3)));
      await three!.kill();
      // One of its users comes back elsewhere, before or after the others have noticed.
      const back = await enter(two!, 3);
      const dan = await enter(one!, 4);
      await Promise.all([ada, ben, back, dan].map(({ view }) => view.has('', 1, 2, 3, 4)));
      await until(async () => (await listOf(one!)).every(({ devices }) => devices.length === 1));
      back.client.socket.disconnect();
      await Promise.all([ada, ben, dan].map(({ view }) => view.has('', 1, 2, 4)));
      const lists = [await listOf(one!), await listOf(two!)];
      expect(lists[0]).to.deep.equal(lists[1]);
      for (const { view } of [ada, ben, dan]) expect(view.list()).to.have.deep.members(lists[0]!);
    });

    it('recover a client that moves from node to node under load: each message once, in order, and nobody left', async () => {
      const cluster = new ProcessCluster(transport());
      const nodes = await startAll(cluster, 'n1', 'n2');
      const watcher = await enter(nodes[1]!, 2);
      const { client, view } = await enter(nodes[0]!, 1);
      await watcher.view.has('', 1, 2);
      const { id } = client;
      await Promise.all(nodes.map((node) => node.ask('flood')));
      for (let hop = 0; hop < 6; hop++) {
        const before = client.received.length;
        await until(() => client.received.length > before + 50);
        await move(client, nodes[hop % 2]!, nodes[(hop + 1) % 2]!);
        expect([client.socket.recovered, client.id], `hop ${hop}`).to.deep.equal([true, id]);
      }
      const sent = await Promise.all(nodes.map((node) => node.ask<number>('endFlood')));
      for (const node of nodes) await node.ask('emit', ['end', node.id]);
      await Promise.all(nodes.map((node) => client.until('end', node.id)));
      for (const [at, node] of nodes.entries()) {
        const numbers = client.received
          .filter(([event, from]) => event === 'number' && from === node.id)
          .map(([, , number]) => number as number);
        // The client was there from the first one on.
        expect(numbers, node.id).to.deep.equal(Array.from({ length: sent[at]! }, (_none, number) => number));
      }
      const left = watcher.view.messages.flatMap((message) => ('leaves' in message ? message.leaves : []));
      expect(left).to.deep.equal([]);
      await view.has('', 1, 2);
    });

    it('let a client whose node is killed come in anew elsewhere', async () => {
      const cluster = new ProcessCluster(transport());
      const [one, two] = await startAll(cluster, 'n1', 'n2');
      const watcher = await enter(two!, 2);
      const { client } = await enter(one!, 1);
      await watcher.view.has('', 1, 2);
      await one!.ask('emit', ['hello']);
      await client.until('hello');
      const { id } = client;
      const gone = once(client.socket as never, 'disconnect');
      await one!.kill();
      await gone;
      (client.socket.io as object as { uri: string }).uri = two!.url;
      const back = once(client.socket as never, 'connect');
      client.socket.connect();
      await back;
      expect([client.socket.recovered, client.id === id]).to.deep.equal([false, false]);
    });
  });
});
