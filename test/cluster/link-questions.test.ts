import { expect } from 'chai';
import { LinkCluster, type LinkNode } from './link-nodes';
import { describeOnTransporters } from './link-servers';
import { afterwards } from '../support/run-gateway';

interface Failure extends Error {
  readonly code: string;
  readonly nodes: string[];
  readonly responses: unknown[];
}

describe('questions to the nodes of a cluster', () => {
  describeOnTransporters(['TCP', 'NATS', 'Redis'], (transport) => {
    let nodes: LinkNode[];
    beforeEach(async () => {
      const cluster = new LinkCluster(transport());
      afterwards(() => cluster.stop());
      nodes = await cluster.addAll('n1', 'n2', 'n3');
    });
    const ask = (event = 'question'): Promise<{ error: Failure | null; responses: unknown[] }> =>
      new Promise((resolve) => {
        nodes[0]!.io.serverSideEmit(event as never, (error: Failure | null, responses: unknown[]) =>
          resolve({ error, responses }),
        );
      });
    const answers = (index: number, value: unknown): void => {
      nodes[index]!.io.on('question' as never, ((ack: (value: unknown) => void) => ack(value)) as never);
    };

    it('end at once with the answers of the others when a node leaves', async () => {
      answers(1, 'two');
      nodes[2]!.io.once('question' as never, (() => void nodes[2]!.stop()) as never);
      expect(await ask()).to.deep.equal({ error: null, responses: ['two'] });
    });

    it('end when the namespace of a node closes', async () => {
      answers(1, 'two');
      nodes[2]!.io.once('question' as never, (() => void nodes[2]!.io.of('/').adapter.close()) as never);
      expect(await ask()).to.deep.equal({ error: null, responses: ['two'] });
    });

    it('are not asked of nodes without the namespace', async () => {
      const nsp = nodes[0]!.io.of('/only-here');
      nodes[1]!.io
        .of('/only-here')
        .on('question' as never, ((ack: (value: number) => void) => ack(1)) as never);
      expect(await nsp.serverSideEmitWithAck('question' as never)).to.deep.equal([1]);
      expect(await nsp.fetchSockets()).to.deep.equal([]);
      expect(await nsp.timeout(60_000).emitWithAck('question')).to.deep.equal([]);
    });

    it('end after 5 s with an error that has a code and the answers of the others', async function () {
      this.timeout(15_000);
      answers(1, 'two');
      const { error, responses } = await ask();
      expect(responses).to.deep.equal(['two']);
      expect(error).to.include({ code: 'CLUSTER_TIMEOUT', message: 'n3 did not answer within 5000 ms.' });
      expect(error!.nodes).to.deep.equal(['n3']);
    });

    it('end at once with an error when the listener of a node throws, which is logged there', async () => {
      answers(1, 'two');
      nodes[2]!.io.on(
        'question' as never,
        (() => {
          throw new Error('broken listener');
        }) as never,
      );
      const { error, responses } = await ask();
      expect(responses).to.deep.equal(['two']);
      expect(error).to.include({
        code: 'CLUSTER_ANSWER_FAILED',
        message: 'n3 failed to answer: broken listener',
      });
      expect(nodes[2]!.observed.errors.map(String)).to.deep.equal(['Error: broken listener']);
    });

    it('about sockets are answered although the data of one cannot be sent', async () => {
      const client = await nodes[1]!.client();
      const circular: { self?: unknown } = {};
      circular.self = circular;
      nodes[1]!.io.sockets.sockets.get(client.id)!.data = circular;
      const [socket] = await nodes[0]!.io.fetchSockets();
      expect(socket).to.deep.include({ id: client.id, data: {} });
      expect(nodes[1]!.observed.warnings.join()).to.match(
        /The data of socket .* cannot be sent to another node/,
      );
    });

    it('to clients end at once when their node leaves', async () => {
      const stays = await nodes[1]!.client();
      const leaves = await nodes[2]!.client();
      stays.socket.on('question', (ack: (value: number) => void) => ack(1));
      leaves.socket.on('question', () => void nodes[2]!.stop());
      expect(await nodes[0]!.io.timeout(60_000).emitWithAck('question')).to.deep.equal([1]);
    });
  });
});
