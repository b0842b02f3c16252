import { expect } from 'chai';
import { io } from 'socket.io-client';
import { ChildServer } from '../support/child-server';
import { RawClient } from '../support/raw-client';
import type { Client } from '../support/run-gateway';
import type { ServerState } from '../support/serve';
import { NAMESPACES, type AbusedOptions } from './abused-server';

/** Calls of well-behaved clients are answered within this CPU time of the server, whatever others do, in milliseconds. */
const IN_TIME = 2000;
/** A visit ends within this, on a machine that has a lot to do, in milliseconds. */
const VISIT_TIMEOUT_MS = 20_000;
/** Nothing here takes so long, in milliseconds. */
const PATIENCE = 60_000;
/** What may be left of the heap after abuse, in bytes: code that was compiled, and what Node keeps for the next time. */
const REMAINS = 20 * 1024 * 1024;

/** A server under abuse, and a client that means it well. */
export class Abused {
  private before: ServerState | undefined;

  private constructor(
    readonly server: ChildServer,
    private readonly witness: Client,
  ) {}

  static async start(options: AbusedOptions): Promise<Abused> {
    const server = await ChildServer.start('abuse/abused-server', options);
    const witness = io(`${server.url}/x`, { forceNew: true, reconnection: false, transports: ['websocket'] });
    await new Promise<void>((resolve, reject) => {
      witness.once('connect', resolve);
      witness.once('connect_error', reject);
    });
    const abused = new Abused(server, witness);
    // What is made once for all is made now.
    await abused.everywhere(async (namespace) => {
      expect(await abused.visit(namespace, [])).to.equal('answered');
    });
    await server.settled(({ tables }) => {
      expect(tables.connections).to.equal(1);
    });
    abused.before = await server.state();
    return abused;
  }

  get port(): number {
    return this.server.port;
  }

  get url(): string {
    return this.server.url;
  }

  /** Does something in every namespace at the same time. */
  async everywhere(act: (namespace: string) => Promise<unknown>): Promise<void> {
    await Promise.all(NAMESPACES.map(act));
  }

  /** A well-behaved call. */
  call(event: string, ...args: unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const lost = (reason: string): void => reject(new Error(`the well-behaved client is lost: ${reason}`));
      if (!this.witness.connected) lost('it is not connected');
      this.witness.once('disconnect', lost);
      this.witness.emit(event, ...args, (error: unknown, result: unknown) => {
        this.witness.off('disconnect', lost);
        if (error) reject(error);
        else resolve(result);
      });
    });
  }

  /** Lets others abuse the server, and calls it all the while; every call must be answered in time. */
  async during<T>(abuse: () => Promise<T>): Promise<T> {
    let slowest = 0;
    let before = await this.server.ask<number>('cpuTime');
    const begin = Date.now();
    let over = false;
    const abusing = abuse().finally(() => (over = true));
    abusing.catch(() => undefined);
    do {
      expect(await this.call('ping')).to.equal('pong');
      expect(await this.call('call', 'add', { a: 1, b: 2 })).to.equal(3);
      const after = await this.server.ask<number>('cpuTime');
      slowest = Math.max(slowest, after - before);
      before = after;
      await new Promise((resolve) => setTimeout(resolve, 10));
      if (Date.now() - begin > PATIENCE) throw new Error('the abuse does not come to an end');
    } while (!over);
    const result = await abusing;
    this.server.check();
    expect(
      slowest,
      'CPU time of the server for the slowest calls of a well-behaved client, in ms',
    ).to.be.below(IN_TIME);
    return result;
  }

  /** A client that says these things in a namespace, and then asks a harmless question. */
  async visit(
    namespace: string,
    messages: readonly (string | Buffer)[],
    patience = VISIT_TIMEOUT_MS,
  ): Promise<'answered' | 'closed' | 'waiting'> {
    const raw = await RawClient.open(this);
    let timer: NodeJS.Timeout | undefined;
    const waiting = new Promise<'waiting'>((resolve) => {
      timer = setTimeout(() => resolve('waiting'), patience);
    });
    const asked = async (): Promise<'answered'> => {
      raw.send(`40${namespace},`);
      await raw.message(`40${namespace},`);
      raw.send(...messages);
      await raw.ask(99_999, '["ping"]', namespace);
      return 'answered';
    };
    try {
      return await Promise.race([asked(), waiting]);
    } catch {
      return 'closed';
    } finally {
      clearTimeout(timer);
      raw.socket.terminate();
    }
  }

  /** Ends it, however it went. */
  async abort(): Promise<void> {
    this.witness.disconnect();
    await this.server.kill();
  }

  /** All of it is forgotten. */
  async end(): Promise<void> {
    this.server.check();
    expect(await this.call('ping')).to.equal('pong');
    const { before } = this;
    if (before) {
      await this.server.settled(({ alive, tables, gauges, heap }) => {
        expect(tables).to.deep.equal(before.tables);
        expect(gauges).to.deep.equal(before.gauges);
        // Moleculer's validator remembers the last context that it has seen.
        expect(alive.connections - before.alive.connections).to.be.at.most(1);
        expect(alive.sockets - before.alive.sockets).to.be.at.most(1);
        expect(heap - before.heap, 'bytes of the heap').to.be.below(REMAINS);
      });
    }
    this.witness.disconnect();
    await this.server.stop();
  }
}

/** A kind of abuse: it has a server of its own, which must live, serve others in time, and be as before in the end. */
export function describeAbuse(
  title: string,
  options: AbusedOptions,
  suite: (abused: () => Abused) => void,
): void {
  describe(`abuse: ${title}`, () => {
    let abused: Abused;
    before(async () => {
      abused = await Abused.start(options);
    });
    after(() => abused.abort());
    suite(() => abused);
    describe('in the end', () => {
      it('nothing is left of it, and others are served', () => abused.end());
    });
  });
}

/** Does this for every item, so many at the same time. */
export async function eachOf<T>(
  items: Iterable<T>,
  atOnce: number,
  act: (item: T) => Promise<unknown>,
): Promise<void> {
  const left = items[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (let next = left.next(); !next.done; next = left.next()) await act(next.value);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}
