import { expect } from 'chai';
import type { Client } from './link-nodes';
import { LinkCluster, type LinkNode } from './link-nodes';
import { describeOnTransporters, TRANSPORTERS } from './link-servers';
import { ADAPTER_CASES, type CaseContext } from './link-adapter-cases';

describe('the adapter of a cluster', () => {
  describeOnTransporters(TRANSPORTERS, (transport) => {
    let cluster: LinkCluster;
    let nodes: LinkNode[];
    let context: CaseContext;
    before(async () => {
      cluster = new LinkCluster(transport());
      nodes = await cluster.addAll('n1', 'n2', 'n3');
    });
    after(() => cluster.stop());
    beforeEach(async () => {
      const clients = await Promise.all(nodes.map((node) => node.client()));
      const sockets = clients.map(({ id }, index) => nodes[index]!.io.sockets.sockets.get(id)!);
      context = {
        nodes,
        servers: nodes.map(({ io }) => io),
        clients,
        sockets,
        settle: () => settle(nodes, clients),
      };
    });
    afterEach(async () => {
      for (const { socket } of nodes.flatMap((node) =>
        node.clients.splice(0).map((socket) => ({ socket })),
      )) {
        socket.disconnect();
      }
      for (const { io } of nodes) {
        io.removeAllListeners('question');
        while (io.sockets.sockets.size > 0) await new Promise(setImmediate);
      }
    });

    for (const [title, run] of Object.entries(ADAPTER_CASES)) {
      it(title, async () => {
        await run(context);
        for (const { observed } of nodes) {
          expect(observed.warnings).to.deep.equal([]);
          expect(observed.errors).to.deep.equal([]);
        }
      });
    }
  });
});

/** Resolves when all that nodes have sent to clients so far has arrived: each node sends a last event. */
let lasts = 0;
async function settle(nodes: readonly LinkNode[], clients: readonly Client[]): Promise<void> {
  const names = nodes.map(({ io }) => {
    const name = `last-${++lasts}`;
    io.emit(name);
    return name;
  });
  for (const client of clients) {
    if (!client.socket.connected) continue;
    for (const name of names) await client.until(name);
    const kept = client.events.filter(([name]) => !names.includes(name as string));
    client.events.splice(0, client.events.length, ...kept);
  }
}
