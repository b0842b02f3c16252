import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { PollingClient } from '../support/polling-client';
import { RawClient } from '../support/raw-client';

/** About as many as fit into one body of a poll, which has up to 1 MB. */
const COUNT = 60_000;
/** In milliseconds: a tenth of what plain Socket.IO needs for the same packets on the same machine, and more than a slow one needs. */
const STANDSTILL = 1500;
const GROWTH = 200 * 1024 * 1024;

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('abuse: floods of CONNECT packets', () => {
  let server: ChildServer;

  beforeEach(async () => {
    server = await ChildServer.start('abuse/connect-server');
  });
  afterEach(() => server.stop());

  const NAMES: Record<string, (number: number) => string> = {
    'of a dynamic path': (number) => `/t/${number}`,
    'of a dynamic path with a guard': (number) => `/g/${number}`,
    'that no namespace has': (number) => `/none/${number}`,
    'that are one, with a guard': () => '/secret',
    'that are one of a dynamic path': () => '/t/1',
    "that are '/', which no gateway has": () => '/',
  };

  for (const [what, nameOf] of Object.entries(NAMES)) {
    it(`with names ${what} neither hold up the event loop nor fill the memory`, async () => {
      const packets = numbers(COUNT).map((number) => `40${nameOf(number)},`);
      const client = await PollingClient.open(server);
      await server.ask('watch');
      expect(await client.send(...packets)).to.equal(200);
      const received = await client.ended();
      const { standstill, growth } = await server.ask<Record<string, number>>('watched');
      expect(standstill, 'milliseconds').to.be.below(STANDSTILL);
      expect(growth, 'bytes').to.be.below(GROWTH);
      expect(received.filter((packet) => packet.startsWith('44'))).to.have.length(20);
      await server.settled(({ tables }) => {
        expect(tables).to.include({ connections: 0, sockets: 0, entering: 0 });
      });
    });
  }

  it('in frames of a websocket end the connection after the last refusal that is allowed', async () => {
    const raw = await RawClient.open(server);
    await server.ask('watch');
    for (const number of numbers(COUNT / 4)) raw.send(`40/none/${number},`);
    await raw.closed;
    const { standstill } = await server.ask<Record<string, number>>('watched');
    expect(standstill, 'milliseconds').to.be.below(STANDSTILL);
    expect(raw.received.filter((message) => String(message).startsWith('44'))).to.have.length(20);
  });

  it('after leaving a namespace do not pass either', async () => {
    const client = await PollingClient.open(server);
    await client.send('40/t/1,');
    await client.message('40/t/1,');
    await server.ask('watch');
    const packets = numbers(COUNT).map((number) => `40/none/${number},`);
    expect(await client.send('41/t/1,', ...packets)).to.equal(200);
    const received = await client.ended();
    const { standstill, growth } = await server.ask<Record<string, number>>('watched');
    expect(standstill, 'milliseconds').to.be.below(STANDSTILL);
    expect(growth, 'bytes').to.be.below(GROWTH);
    expect(received.filter((packet) => packet.startsWith('44'))).to.have.length(20);
  });

  it('of names that nobody can read are refused without being matched, and echoed no more often than allowed', async () => {
    const raw = await RawClient.open(server);
    for (const number of numbers(30)) raw.send(`40/t/${number}${'x'.repeat(256)},`);
    await raw.closed;
    const refused = raw.received.filter((message) => String(message).startsWith('44'));
    expect(refused).to.have.length(20);
    for (const message of refused) expect(String(message)).to.include('Invalid namespace');
    expect((await server.state()).tables.namespaces).to.equal(2);
  });
});
