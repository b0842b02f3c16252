import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import type { BrokerOptions } from 'moleculer';
import { createClient } from 'redis';
import { startRedis } from './redis-server';

/*
 * What nodes of a cluster talk over in tests. Each server runs on a port of its own and ends with the suite.
 */

export const TRANSPORTERS = ['Fake', 'TCP', 'NATS', 'Redis'] as const;
export type TransporterName = (typeof TRANSPORTERS)[number];

/** A transporter whose server runs. */
export interface Transport {
  readonly name: TransporterName;
  /** Returns the option of a broker. */
  options(): NonNullable<BrokerOptions['transporter']>;
  /** Resolves when no node is connected. Commands of a Redis client that are not answered reject, which nothing handles. */
  readonly settled?: () => Promise<void>;
  /** Ends the server, and waits until it is gone. */
  stop(): Promise<void>;
  /** Starts it again, on the same port. */
  restart(): Promise<void>;
}

const BINARIES: Partial<Record<TransporterName, string>> = { NATS: 'nats-server', Redis: 'redis-server' };
const ATTEMPTS = 5;
/** Stopped nodes close their connections to Redis within this time, also on a busy machine. */
const SETTLE_TIMEOUT_MS = 20_000;

/** The ids that nodes of tests have. */
export const NODE_IDS = ['n1', 'n2', 'n3', 'n4', 'one', 'two'] as const;

/**
 * Declares a suite for each transporter. Where its server is not installed the suite is skipped, and says so in its
 * title; a build server must have it.
 */
export function describeOnTransporters(
  names: readonly TransporterName[],
  suite: (transport: () => Transport) => void,
): void {
  for (const name of names) {
    const binary = BINARIES[name];
    const installed = !binary || spawnSync(binary, ['--version']).status === 0;
    if (!installed && process.env['CI'] !== 'true') {
      describe.skip(`over ${name} (skipped: ${binary} is not installed)`, () => {
        suite(() => {
          throw new Error(`${binary} is not installed`);
        });
      });
      continue;
    }
    describe(`over ${name}`, () => {
      let transport: Transport | undefined;
      before(async () => {
        if (!installed) throw new Error(`${binary} is not installed; with CI=true these tests must run`);
        transport = await startTransport(name);
      });
      suite(() => transport!);
      // After what the suite itself ends.
      after(async () => {
        await transport?.settled?.();
        await transport?.stop();
      });
    });
  }
}

/** Starts what a transporter needs. */
export async function startTransport(name: TransporterName): Promise<Transport> {
  if (name === 'Fake') return { name, options: () => 'Fake', stop: nothing, restart: nothing };
  if (name === 'TCP') {
    const ports = await freePorts(NODE_IDS.length);
    const urls = NODE_IDS.map((id, index) => `127.0.0.1:${ports[index]}/${id}`);
    // Moleculer changes the options.
    const options = (): object => ({ type: 'TCP', options: { udpDiscovery: false, urls: [...urls] } });
    return { name, options: options as Transport['options'], stop: nothing, restart: nothing };
  }
  return name === 'Redis' ? startRedisTransport() : startNats();
}

async function nothing(): Promise<void> {}

async function startRedisTransport(): Promise<Transport> {
  let server = await startRedis();
  const { url } = server;
  const { hostname: host, port } = new URL(url);
  return {
    name: 'Redis',
    // Moleculer subscribes as soon as it is connected again, and ioredis may ask whether Redis is ready after that. A subscriber may
    // not ask: that rejects, nothing handles it, and the process ends.
    options: () => ({ type: 'Redis', options: { host, port: Number(port), enableReadyCheck: false } }),
    stop: () => server.stop(),
    async settled() {
      const client = await createClient({ url }).connect();
      const deadline = Date.now() + SETTLE_TIMEOUT_MS;
      while (
        Date.now() < deadline &&
        (await client.sendCommand<string>(['CLIENT', 'LIST'])).trim().split('\n').length > 1
      ) {
        await new Promise(setImmediate);
      }
      await client.close();
    },
    async restart() {
      server = await startRedis(Number(port));
    },
  };
}

async function startNats(): Promise<Transport> {
  let server = await spawnNats();
  const { port } = server;
  return {
    name: 'NATS',
    // By default the client waits for two seconds, and gives up after ten attempts.
    options: () => ({
      type: 'NATS',
      options: { url: `nats://127.0.0.1:${port}`, reconnectTimeWait: 50, maxReconnectAttempts: -1 },
    }),
    stop: () => server.stop(),
    async restart() {
      server = await spawnNats(port);
    },
  };
}

async function spawnNats(wanted?: number): Promise<{ port: number; stop(): Promise<void> }> {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePorts(1))[0]!;
    const child = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port)], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let said = '';
    const ended = new Promise<boolean>((resolve) => {
      child.once('error', () => resolve(false));
      child.once('close', () => resolve(false));
    });
    const ready = new Promise<boolean>((resolve) => {
      child.stderr.on('data', (part: Buffer) => {
        said += part.toString();
        if (said.includes('Server is ready')) resolve(true);
      });
    });
    // It must not outlive a run that is broken off.
    const kill = (): boolean => child.kill('SIGKILL');
    process.once('exit', kill);
    const stop = async (): Promise<void> => {
      process.off('exit', kill);
      kill();
      await ended;
    };
    if (await Promise.race([ready, ended])) return { port, stop };
    await stop();
    if (attempt === ATTEMPTS) throw new Error(`nats-server does not start:\n${said}`);
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
