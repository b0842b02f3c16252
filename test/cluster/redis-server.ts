import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * A real Redis for tests: on a port of its own, with nothing on disk, gone with the suite.
 */

const BINARY = 'redis-server';
/** Somebody else may take a port between the moment it was found free and the moment Redis binds it. */
const ATTEMPTS = 5;

/** A Redis that runs. */
export interface RedisServer {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * A suite that has a Redis of its own. Where none is installed it is skipped, and says so in its title; a build server
 * must have one.
 *
 * @param suite declares the tests; what it is given answers while they run
 */
export function describeWithRedis(title: string, suite: (redis: () => RedisServer) => void): void {
  const installed = spawnSync(BINARY, ['--version']).status === 0;
  if (!installed && process.env['CI'] !== 'true') {
    describe.skip(`${title} (skipped: ${BINARY} is not installed)`, () => {
      suite(() => {
        throw new Error(`${BINARY} is not installed`);
      });
    });
    return;
  }
  describe(title, () => {
    let server: RedisServer | undefined;
    before(async () => {
      if (!installed) throw new Error(`${BINARY} is not installed; with CI=true these tests must run`);
      server = await startRedis();
    });
    after(() => server?.stop());
    suite(() => server!);
  });
}

/**
 * Starts a Redis; it answers when this resolves.
 *
 * @param wanted the loopback port; by default one that is free
 */
export async function startRedis(wanted?: number): Promise<RedisServer> {
  for (let attempt = 1; ; attempt++) {
    const directory = await mkdtemp(join(tmpdir(), 'redis-'));
    const port = wanted ?? (await freePort());
    const child = spawn(
      BINARY,
      ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const said = listenTo(child);
    const ended = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('close', () => resolve());
    });
    // It must not outlive a run that is broken off.
    const kill = (): boolean => child.kill('SIGKILL');
    process.once('exit', kill);
    const stop = async (): Promise<void> => {
      process.off('exit', kill);
      kill();
      await ended;
      await rm(directory, { recursive: true, force: true });
    };
    const ready = await Promise.race([said.ready.then(() => answers(port)), ended.then(() => false)]);
    if (ready) return { url: `redis://127.0.0.1:${port}`, stop };
    await stop();
    if (attempt === ATTEMPTS) throw new Error(`${BINARY} does not start:\n${said.all()}`);
  }
}

/** Collects what the process says, and knows when it is ready. */
function listenTo({ stdout, stderr }: ChildProcess): { ready: Promise<void>; all: () => string } {
  let text = '';
  const ready = new Promise<void>((resolve) => {
    const hear = (part: Buffer): void => {
      text += part.toString();
      if (text.includes('Ready to accept connections')) resolve();
    };
    stdout?.on('data', hear);
    stderr?.on('data', hear);
  });
  return { ready, all: () => text };
}

/** Whether it is Redis that answers on the port. */
async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('PING\r\n');
    const [reply] = (await once(socket, 'data')) as [Buffer];
    return reply.toString() === '+PONG\r\n';
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
