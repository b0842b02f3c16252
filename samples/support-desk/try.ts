import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { io } from 'socket.io-client';
import { typed } from 'moleculer-socket-gateway/client';
import type { Desk } from './client';

/** A customer opens a ticket, an agent answers, and the customer sends a file. */
export async function tryIt(url: string, print: (line: string) => void) {
  const enter = (token: string) => io(`${url}/desk/acme`, { auth: { token }, forceNew: true });
  const sockets = [enter('ann-token'), enter('cas-token')] as const;
  const [ann, cas] = [typed<Desk>(sockets[0]), typed<Desk>(sockets[1])];
  const next = async (at: 0 | 1, event: string) =>
    ((await once(sockets[at] as never, event)) as unknown[])[0];
  await Promise.all(
    sockets.map(async (socket) => {
      if (!socket.connected) await once(socket as never, 'connect');
    }),
  );

  const opened = next(0, 'ticket.opened');
  const ticket = await cas.call('ticket.open', { subject: 'The kettle leaks' });
  print(`Ann, an agent, hears of ticket ${((await opened) as { id: number }).id}: ${ticket.subject}`);

  for (const client of [ann, cas]) await client.call('ticket.enter', ticket.id);
  const people = await cas.call('ticket.people', { ticket: ticket.id });
  print(`In the ticket are ${(people as { name: string }[]).map(({ name }) => name).join(' and ')}.`);

  const answer = next(1, 'message');
  await ann.call('message', { ticket: ticket.id, text: 'Send a picture, please.' });
  print(`Cas reads: ${((await answer) as { text: string }).text}`);

  const attached = next(0, 'file') as Promise<{ id: string; name: string }>;
  const content = Buffer.from('a picture of a kettle');
  await cas.upload('file.attach', { ticket: ticket.id, name: 'kettle.png', size: content.length }, content);
  const file = await attached;
  print(`Ann gets ${file.name}: ${await text(Readable.from(ann.stream('file.get', { id: file.id })))}`);

  await ann.call('ticket.close', ticket.id);
  for (const socket of sockets) socket.close();
}

if (require.main === module) void tryIt(`http://localhost:${process.env.PORT || 3000}`, console.log);
