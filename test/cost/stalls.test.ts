import { writeFileSync } from 'node:fs';
import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { cpuTimeOf } from '../support/cpu-time';
import { RawClient } from '../support/raw-client';
import { LARGE_MESSAGES, type LargeMessage } from './large-messages';

const ATTEMPTS = 3;
/** The ack of a message, which may be binary. */
const ANSWER = /^4(3|6\d+-)\/x,1\[/;
/** What is promised: 100 ms, and ten times what `JSON.parse` takes. */
const FIXED_MS = 100;
const PARSES = 10;
/** Garbage of others is collected whenever it is, on threads that count, too. */
const TOLERANCE = 2;
/** Node takes at most 16 KiB of headers. */
const HEADER_BYTES = 14_000;

/** How long a message held the event loop up, and how long it may, in ms of CPU. */
interface Stall {
  readonly title: string;
  readonly taken: number;
  readonly allowed: number;
}

/** `STALLS=bench/results/stalls.md npx mocha test/cost/stalls.test.ts` writes the table of all messages. */
function tableOf(stalls: readonly Stall[]): string {
  const sorted = [...stalls].sort((a, b) => b.taken - a.taken);
  const rows = sorted.map(
    ({ title, taken, allowed }) => `| ${title} | ${Math.round(taken)} | ${Math.round(allowed)} |`,
  );
  return `# How long one message holds up the event loop

Messages of almost a megabyte, in ms of CPU of the longest turn of the event loop. Allowed are 100 ms and ten times what \`JSON.parse\` of
the same bytes took. Made by test/cost/stalls.test.ts, which fails where one takes longer.

| message | ms of CPU | allowed |
| --- | ---: | ---: |
${rows.join('\n')}
`;
}

describe('one message of a megabyte holds the event loop up for 100 ms and ten times what parsing takes, at most', function () {
  this.timeout(60_000);
  let server: ChildServer;
  const measured: Stall[] = [];

  before(async function () {
    this.timeout(120_000);
    server = await ChildServer.start('cost/stalled-server');
    // What is compiled once is compiled now.
    for (const message of LARGE_MESSAGES.slice(0, 3)) await stall(message);
  });
  after(() => {
    const { STALLS } = process.env;
    if (STALLS) writeFileSync(STALLS, tableOf(measured));
    return (server as ChildServer | undefined)?.kill();
  });

  /** Returns the longest turn of the server's event loop until a message is answered, or its connection closed, in ms of CPU. */
  async function stall({ frames, isUnanswered = false }: LargeMessage): Promise<number> {
    const raw = await RawClient.enter(server);
    await server.ask('startTurns');
    raw.send(...frames);
    // An ack, or the answer to the packet behind it.
    const answered = isUnanswered ? raw.message('40/users/ping') : raw.message(ANSWER);
    if (isUnanswered) raw.send('40/users/ping,');
    await answered.catch(() => undefined);
    const longest = await server.ask<number>('longestTurn');
    raw.socket.terminate();
    return longest;
  }

  /** What JSON.parse takes for the bytes of a message. The bytes of a Buffer are not parsed. */
  async function parsing({ frames }: LargeMessage): Promise<number> {
    const [text] = frames as [string];
    const json = /[[{].*$/s.exec(text)?.[0] ?? JSON.stringify(text);
    return cpuTimeOf(() => {
      try {
        JSON.parse(json);
      } catch {
        // It is measured until it fails.
      }
    });
  }

  async function expectShort(title: string, limit: number, measure: () => Promise<number>): Promise<void> {
    let taken = Infinity;
    for (let attempt = 0; attempt < ATTEMPTS && taken >= limit; attempt++)
      taken = Math.min(taken, await measure());
    measured.push({ title, taken, allowed: limit / TOLERANCE });
    expect(taken, 'milliseconds of CPU in the longest turn of the event loop').to.be.below(limit);
  }

  for (const message of LARGE_MESSAGES) {
    it(message.title, async () => {
      const limit = TOLERANCE * (FIXED_MS + PARSES * (await parsing(message)));
      await expectShort(message.title, limit, () => stall(message));
      server.check();
    });
  }

  const ORIGINS = {
    letters: `https://${'a'.repeat(HEADER_BYTES)}`,
    'what almost matches a pattern': `https://a-${'b-'.repeat(HEADER_BYTES / 2)}`,
    subdomains: `https://${'a.'.repeat(HEADER_BYTES / 2)}example.org`,
  };
  for (const [what, origin] of Object.entries(ORIGINS)) {
    it(`an origin of ${what}`, async () => {
      await expectShort(`an origin of ${what}`, TOLERANCE * FIXED_MS, async () => {
        await server.ask('startTurns');
        const response = await fetch(`${server.url}/socket.io/?EIO=4&transport=polling`, {
          headers: { origin },
        });
        await response.arrayBuffer();
        expect(response.status).to.equal(403);
        return server.ask<number>('longestTurn');
      });
    });
  }
});
