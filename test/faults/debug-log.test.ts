import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { connect, newClient, refused } from '../support/run-gateway';

/** Starts a server, lets one client in and refuses another. Returns what the process has printed. */
async function printedWith(nodeDebug: string | undefined): Promise<{ printed: string; id: string }> {
  const before = process.env.NODE_DEBUG;
  if (nodeDebug !== undefined) process.env.NODE_DEBUG = nodeDebug;
  const server = await ChildServer.start('faults/signalled-server').finally(() => {
    if (before === undefined) delete process.env.NODE_DEBUG;
    else process.env.NODE_DEBUG = before;
  });
  const client = await connect(server, '/x');
  const id = client.id as string;
  await refused(newClient(server, `/${'n'.repeat(300)}`));
  client.close();
  server.process.kill('SIGTERM');
  await server.ended;
  return { printed: server.output, id };
}

describe('NODE_DEBUG=socket-gateway', () => {
  it('prints how it was decided who may enter', async () => {
    const { printed, id } = await printedWith('socket-gateway');
    expect(printed).to.include("BusyGateway: binds '/x'");
    expect(printed).to.include(`BusyGateway: admits ${id} to '/x'`);
    expect(printed).to.match(/the server refuses connection \S+ '\/n+[^']*': Invalid namespace/);
  });

  it('prints nothing where it is not asked for', async () => {
    const { printed } = await printedWith(undefined);
    expect(printed).to.equal('');
  });
});
