import { once } from 'node:events';
import { expect } from 'chai';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import { io } from 'socket.io-client';
import { accounts } from './accounts';
import { DeskGateway } from './desk-gateway';
import { start } from './main';
import type { Ticket } from './messages';
import { tickets } from './tickets';
import { tryIt } from './try';

describe('samples/support-desk', () => {
  let desk: TestGateway<DeskGateway>;
  let ann: TestClient;
  let cas: TestClient;

  beforeEach(async () => {
    desk = await testGateway(DeskGateway, { services: [accounts, tickets()] });
    ann = await enter('ann-token');
    cas = await enter('cas-token');
  });
  afterEach(() => desk.close());

  const enter = (token: string, tenant = 'acme') =>
    desk.connect({ namespace: `/desk/${tenant}`, auth: { token } });
  /** Returns the code and the type that something is refused with. */
  const refusal = (answer: Promise<unknown>) =>
    answer.then(
      () => expect.fail('it was not refused'),
      (error: unknown) => {
        const { code, type } = error as { code: number; type: string };
        return `${code} ${type}`;
      },
    );

  it('lets people into the desk of their own tenant only', async () => {
    expect(await refusal(enter('zoe-token'))).to.equal('403 POLICY');
    expect(await refusal(enter('nobody'))).to.equal('401 INVALID_TOKEN');
    expect((await enter('zoe-token', 'zenith')).connected).to.equal(true);
  });

  it('tells the agents of the tenant of a new ticket, and nobody else', async () => {
    const zoe = await enter('zoe-token', 'zenith');
    const ticket = await cas.emit<Ticket>('ticket.open', { subject: 'The kettle leaks' });
    expect(await ann.received('ticket.opened')).to.deep.equal([ticket]);
    await desk.settled();
    for (const client of [cas, zoe])
      expect(client.events.map(({ event }) => event)).not.to.include('ticket.opened');
    expect(await zoe.emit('ticket.list')).to.deep.equal([]);
  });

  it('keeps what is said in a ticket to those who are in it', async () => {
    const { id } = await cas.emit<Ticket>('ticket.open', { subject: 'The kettle leaks' });
    expect(await refusal(ann.emit('message', { ticket: id, text: 'Hi' }))).to.equal('403 POLICY');
    for (const client of [ann, cas]) await client.emit('ticket.enter', id);
    await ann.emit('message', { ticket: id, text: 'Send a picture, please.' });
    const [message] = await cas.received<[object]>('message');
    expect(message).to.include({ from: 'Ann', text: 'Send a picture, please.' });
    expect(await refusal((await enter('zoe-token', 'zenith')).emit('ticket.enter', id))).to.equal(
      '404 NO_SUCH_TICKET',
    );
  });

  it('shows who is in a ticket', async () => {
    const { id } = await cas.emit<Ticket>('ticket.open', { subject: 'The kettle leaks' });
    for (const client of [ann, cas]) await client.emit('ticket.enter', id);
    expect(await cas.emit('ticket.people', { ticket: id })).to.have.deep.members([
      { name: 'Ann' },
      { name: 'Cas' },
    ]);
  });

  it('lets only agents close tickets', async () => {
    const { id } = await cas.emit<Ticket>('ticket.open', { subject: 'The kettle leaks' });
    expect(await refusal(cas.emit('ticket.close', id))).to.equal('403 MISSING_ROLE');
    await ann.emit('ticket.close', id);
    expect(await cas.emit('ticket.list')).to.deep.include.members([
      { id, tenant: 'acme', customer: 'cas', subject: 'The kettle leaks', open: false },
    ]);
  });
});

describe('samples/support-desk, on a port', () => {
  it('can be tried, with a file that one sends and the other gets', async () => {
    const { port, stop } = await start(0);
    const printed: string[] = [];
    await tryIt(`http://localhost:${port}`, (line) => printed.push(line));
    await stop();
    expect(printed).to.deep.equal([
      'Ann, an agent, hears of ticket 1: The kettle leaks',
      'In the ticket are Ann and Cas.',
      'Cas reads: Send a picture, please.',
      'Ann gets kettle.png: a picture of a kettle',
    ]);
  });
});

describe('samples/support-desk, on two nodes', () => {
  it('is one desk', async () => {
    // In one process; between processes it is 'TCP'.
    const transporter = 'Fake';
    const north = await start(0, { nodeID: 'desk-north', transporter, logger: false });
    const south = await start(0, { nodeID: 'desk-south', transporter, logger: false, services: false });
    const enter = async ({ port }: { port: number }, token: string) => {
      const client = io(`http://localhost:${port}/desk/acme`, { auth: { token }, forceNew: true });
      await once(client as never, 'connect');
      return client;
    };
    const [ann, cas] = [await enter(north, 'ann-token'), await enter(south, 'cas-token')];
    const ask = (client: typeof ann, event: string, body: unknown) =>
      new Promise<any>((resolve) =>
        client.emit(event, body, (error: unknown, result: unknown) => resolve(error ?? result)),
      );
    try {
      const opened = once(ann as never, 'ticket.opened') as Promise<[Ticket]>;
      const ticket = (await ask(cas, 'ticket.open', { subject: 'The kettle leaks' })) as Ticket;
      expect(await opened).to.deep.equal([ticket]);
      for (const client of [ann, cas]) await ask(client, 'ticket.enter', ticket.id);
      const answer = once(cas as never, 'message') as Promise<[object]>;
      await ask(ann, 'message', { ticket: ticket.id, text: 'Send a picture, please.' });
      expect((await answer)[0]).to.include({ from: 'Ann' });
    } finally {
      for (const client of [ann, cas]) client.close();
      await Promise.all([south.stop(), north.stop()]);
    }
  });
});
