import { expect } from 'chai';
import type { ChildServer } from '../support/child-server';
import { RawClient } from '../support/raw-client';

/*
 * Clients that come to namespaces of names that they choose.
 */

const NAMES = 1500;
/** Bytes per name that may be left: the heap has as much noise as that, on a busy machine. What is held by name is over 4,000. */
const REST = 1000;

export type Visit = (server: ChildServer, begin: number, count: number) => Promise<void>;

/** Clients that enter and leave names, 50 on a connection. */
const enterAndLeave: Visit = async (server, begin, count) => {
  for (let at = begin; at < begin + count; at += 50) {
    const raw = await RawClient.open(server);
    for (let number = at; number < at + 50; number++) {
      raw.send(`40/t/${number},`);
      await raw.message(`40/t/${number},`);
      raw.send(`42/t/${number},1["ping"]`);
      await raw.message(`43/t/${number},`);
      raw.send(`41/t/${number},`);
      raw.received.length = 0;
    }
    raw.socket.close();
    await raw.closed;
  }
};

/** Clients that are refused, 15 times on a connection. */
const beRefused: Visit = async (server, begin, count) => {
  for (let at = begin; at < begin + count; at += 15) {
    const raw = await RawClient.open(server);
    for (let number = at; number < at + 15; number++) {
      raw.send(`40/t/${number},{"refuse":true}`);
      await raw.message(`44/t/${number},`);
      raw.received.length = 0;
    }
    raw.socket.close();
    await raw.closed;
  }
};

/** Clients that vanish while they are in a name. */
const vanish: Visit = async (server, begin, count) => {
  for (let at = begin; at < begin + count; at += 50) {
    const raw = await RawClient.open(server);
    for (let number = at; number < at + 50; number++) raw.send(`40/t/${number},`);
    await raw.message(`40/t/${at + 49},`);
    raw.socket.terminate();
    await raw.closed;
  }
};

export const VISITS: Readonly<Record<string, Visit>> = {
  'that clients enter and leave': enterAndLeave,
  'for which clients are refused': beRefused,
  'in which clients vanish': vanish,
};

/** Lets clients visit a server that `forgetful-server` is, and checks that it holds nothing of their names afterwards. */
export async function expectForgotten(server: ChildServer, visit: Visit): Promise<void> {
  await visit(server, 0, NAMES);
  const before = await heapOf(server);
  await visit(server, NAMES, NAMES);
  const left = ((await heapOf(server)) - before) / NAMES;
  expect(left, 'bytes per name').to.be.below(REST);
}

async function heapOf(server: ChildServer): Promise<number> {
  await server.settled(({ tables }) => {
    expect(tables).to.include({ connections: 0, sockets: 0, namespaces: 1 });
  });
  return (await server.state()).heap;
}
