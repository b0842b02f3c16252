import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import type { BrokerOptions } from 'moleculer';
import { afterwards } from '../support/run-gateway';
import { LinkCluster } from './link-nodes';
import { startTransport } from './link-servers';

/** Nodes that are listed, and do not run. */
const ABSENT = 40;

/** Returns ports that were free a moment ago. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), 'close')));
  return ports;
}

describe('a node that starts over TCP', () => {
  it('is reached by the only one that runs of many that are listed, from its first client on', async () => {
    const ids = ['n1', 'n2', ...Array.from({ length: ABSENT }, (_, at) => `absent${at}`)];
    const ports = await freePorts(ids.length);
    const urls = ids.map((id, at) => `127.0.0.1:${ports[at]}/${id}`);
    const cluster = new LinkCluster(await startTransport('TCP'));
    afterwards(() => cluster.stop());
    // Moleculer changes the options.
    const broker = (): BrokerOptions => ({
      transporter: { type: 'TCP', options: { udpDiscovery: false, urls: [...urls] } } as never,
    });
    const one = await cluster.add('n1', { broker: broker() });
    const two = await cluster.add('n2', { broker: broker() });
    expect(one.link.peers).to.deep.equal(['n2']);
    const client = await two.client();
    one.io.emit('hello');
    expect(await client.until('hello')).to.deep.equal([['hello']]);
  });
});
