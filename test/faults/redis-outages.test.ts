import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { describeWithRedis, startRedis, type RedisServer } from '../cluster/redis-server';
import { ChildServer } from '../support/child-server';
import type { NodeOptions } from './cluster-node';

/*
 * Nodes that are killed, and a Redis that goes away and comes back. All of them are real processes, and most of the
 * time goes into waiting for Moleculer's heartbeats: so all of it happens at the same time.
 */

/** What one of the stories has started. */
class Cluster {
  private readonly ends: (() => unknown)[] = [];

  async redis(port?: number): Promise<RedisServer> {
    const server = await startRedis(port);
    this.ends.push(() => server.stop());
    return server;
  }

  async node(options: NodeOptions): Promise<ChildServer> {
    const node = await ChildServer.start('faults/cluster-node', options);
    // Not in order: Moleculer holds on to connections that it has made again.
    this.ends.push(() => node.kill());
    return node;
  }

  async connect({ url }: ChildServer): Promise<Client> {
    const socket = io(`${url}/x`, { forceNew: true, reconnection: false, transports: ['websocket'] });
    this.ends.push(() => {
      socket.disconnect();
      socket.io.engine?.close();
    });
    const client = new Client(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return client;
  }

  async stop(): Promise<void> {
    for (const end of this.ends.reverse()) await end();
  }
}

class Client {
  disconnects = 0;
  readonly heard: string[] = [];

  constructor(private readonly socket: Socket) {
    socket.on('disconnect', () => this.disconnects++);
    socket.onAny((event: string, text: string) => this.heard.push(`${event} ${text}`));
  }

  /** However long it takes. */
  ask(event: string, ...args: unknown[]): Promise<{ error: any; result: any }> {
    return new Promise((resolve) => {
      this.socket.emit(event, ...args, (error: unknown, result: unknown) => resolve({ error, result }));
    });
  }
}

/** Waits for what nobody announces. */
async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 30));
}

const STORIES: Record<string, (cluster: Cluster, redis: RedisServer) => Promise<void>> = {
  'answers with an error where the node of an action is killed during the call': async (cluster, redis) => {
    const transporter = redis.url;
    const [far, near] = await Promise.all([
      cluster.node({ nodeID: 'far', has: ['worker'], transporter }),
      cluster.node({ nodeID: 'near', has: ['gateway'], transporter }),
    ]);
    await near.ask('sees', 'worker');
    const client = await cluster.connect(near);
    expect((await client.ask('call', 'worker.quick')).result).to.equal('far');
    const calls = [client.ask('call', 'worker.hang'), client.ask('relay', 'worker.hang')];
    await far.ask('hangs', 2);
    await far.kill('SIGKILL');
    expect((await client.ask('ping')).result).to.equal('pong');
    for (const { error } of await Promise.all(calls)) {
      expect(error).to.include({ name: 'RequestRejectedError', code: 503 });
      expect(JSON.stringify(error.data)).not.to.include('far');
    }
    for (const event of ['call', 'relay']) {
      expect((await client.ask(event, 'worker.quick')).error.code, event).to.equal(404);
    }
    await cluster.node({ nodeID: 'new', has: ['worker'], transporter });
    await near.ask('sees', 'worker');
    for (const event of ['call', 'relay']) {
      expect((await client.ask(event, 'worker.quick')).result, event).to.equal('new');
    }
    expect(client.disconnects).to.equal(0);
    near.check();
  },

  'keeps its clients, and works again, where its transporter goes away and comes back': async (cluster) => {
    const redis = await cluster.redis();
    const transporter = redis.url;
    const [, near] = await Promise.all([
      cluster.node({ nodeID: 'far', has: ['worker'], transporter }),
      cluster.node({ nodeID: 'near', has: ['gateway'], transporter, requestTimeout: 1000 }),
    ]);
    await near.ask('sees', 'worker');
    const client = await cluster.connect(near);
    expect((await client.ask('call', 'worker.quick')).result).to.equal('far');

    await redis.stop();
    const clear = ['BrokerDisconnectedError', 'RequestTimeoutError'];
    for (const event of ['call', 'relay']) {
      expect((await client.ask(event, 'worker.quick')).error.name, event).to.be.oneOf(clear);
    }
    expect((await client.ask('ping')).result).to.equal('pong');

    await cluster.redis(Number(new URL(redis.url).port));
    await until(async () => (await client.ask('call', 'worker.quick')).result === 'far');
    expect((await client.ask('relay', 'worker.quick')).result).to.equal('far');
    expect(client.disconnects).to.equal(0);
    near.check();
  },

  'goes on here, and reaches all nodes again, where the Redis of its adapter goes away and comes back':
    async (cluster) => {
      const redis = await cluster.redis();
      const [one, two] = await Promise.all([
        cluster.node({ nodeID: 'one', has: ['gateway'], adapter: redis.url }),
        cluster.node({ nodeID: 'two', has: ['gateway'], adapter: redis.url }),
      ]);
      const [here, there] = await Promise.all([cluster.connect(one), cluster.connect(two)]);
      /** Says it until it is heard on the other node. */
      const heard = async (text: string): Promise<void> => {
        await until(async () => {
          await here.ask('shout', text);
          return ['shouted', 'broadcast'].every((event) => there.heard.includes(`${event} ${text}`));
        });
      };
      await heard('hello');
      expect((await here.ask('count')).result).to.have.length(2);

      await redis.stop();
      const shouting = here.ask('shout', 'alone');
      await until(() => here.heard.includes('shouted alone'));
      for (const client of [here, there]) expect((await client.ask('ping')).result).to.equal('pong');

      await cluster.redis(Number(new URL(redis.url).port));
      expect((await shouting).error).to.equal(null);
      await heard('again');
      await until(async () => (await here.ask('count')).result?.length === 2);
      expect(here.disconnects + there.disconnects).to.equal(0);
      one.check();
      two.check();
    },
};

describeWithRedis('a cluster in which something is killed', (redis) => {
  const told = new Map<string, Promise<void>>();

  before(() => {
    for (const [title, tell] of Object.entries(STORIES)) {
      const cluster = new Cluster();
      const telling = tell(cluster, redis()).finally(() => cluster.stop());
      telling.catch(() => undefined);
      told.set(title, telling);
    }
  });
  after(() => Promise.allSettled(told.values()));

  for (const title of Object.keys(STORIES)) it(title, () => told.get(title)).timeout(120_000);
});
