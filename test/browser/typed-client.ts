/**
 * Drives the typed client, bundled as an application would, in headless Chromium against a gateway that restarts, cuts
 * connections and lets users expire.
 */
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { gzipSync } from 'node:zlib';
import { ServiceBroker } from 'moleculer';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type Browser, type Page } from 'playwright-core';
import {
  Authenticate,
  Authorize,
  Errors,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';

const ROOT = join(__dirname, '../..');
const BUDGET_BYTES = 6 * 1024;

const bundle = (contents: string): string =>
  buildSync({
    stdin: { contents, resolveDir: ROOT },
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
    globalName: 'lib',
  }).outputFiles[0]!.text;

let runs = 0;
let isAway = true;
@SocketNamespace('/chat', { name: 'chat' })
@Authorize()
class ChatGateway extends SocketGateway {
  @Authenticate() authenticate(socket: { handshake: { auth: { token?: string } } }) {
    const { token } = socket.handshake.auth;
    if (token === 'away' && isAway) {
      isAway = false;
      throw new Errors.ServiceUnavailableError('USERS_AWAY');
    }
    return token === 'stale'
      ? undefined
      : { id: 1, ...(token === 'short' && { exp: Date.now() / 1000 + 1 }) };
  }
  @SocketEvent() echo(@MessageBody() text: string) {
    return { text };
  }
  @SocketEvent() cut() {
    if (++runs > 1) return runs;
    for (const { sockets } of this.namespaces.values())
      for (const socket of sockets.values()) socket.conn.close();
    return new Promise(() => undefined);
  }
}

async function open(port: number) {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/html' }).end('<!doctype html><title>client</title>');
  });
  const broker = new ServiceBroker({ logger: false, skipProcessEventRegistration: true });
  const gateway = broker.createService(ChatGateway) as ChatGateway;
  await gateway.initSocketIO(server);
  await broker.start();
  await once(server.listen(port), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async stop() {
      server.close();
      await broker.stop();
      server.closeAllConnections();
    },
  };
}

/** Runs the checks. Throws for the first that fails. */
export async function driveTypedClient(browser: Browser): Promise<void> {
  const size = gzipSync(bundle(`export * from './src/client'`)).byteLength;
  if (size > BUDGET_BYTES) throw new Error(`the client has ${size} bytes, more than ${BUDGET_BYTES}`);
  console.log(`  ok  the client has ${size} bytes, minified and gzipped`);
  let server = await open(0);
  try {
    const page: Page = await (await browser.newContext()).newPage();
    await page.goto(`http://localhost:${server.port}/`);
    await page.addScriptTag({
      content: bundle(`export * from './src/client'; export { io } from 'socket.io-client'`),
    });
    await page.evaluate(`
      window.tokens = ['stale', 'short', 'fresh'];
      window.asked = 0;
      window.chat = lib.typed(lib.io('/chat', { reconnectionDelay: 50 }), {
        auth: async () => ({ token: tokens[Math.min(asked++, tokens.length - 1)] }),
      });`);
    const expectValue = async (name: string, script: string, value: unknown): Promise<void> => {
      const got: unknown = await page.evaluate(script);
      if (JSON.stringify(got) !== JSON.stringify(value)) throw new Error(`${name}: ${JSON.stringify(got)}`);
      console.log(`  ok  ${name}`);
    };
    const failure = `(error) => [error instanceof lib.CallError, error.code, error.type]`;
    await expectValue('a refused token is replaced, and a call is answered', `chat.call('echo', 'tea')`, {
      text: 'tea',
    });
    await expectValue('a refusal is a CallError', `chat.call('echo', 5).catch((error) => error.code)`, 422);
    await page.waitForFunction('asked >= 3');
    await expectValue('an expired user comes back', `chat.call('echo', 'again')`, { text: 'again' });
    await expectValue('a cut connection is told', `chat.call('cut').catch(${failure})`, [
      true,
      503,
      'DISCONNECTED',
    ]);
    runs = 0;
    await expectValue('an idempotent call is sent again', `chat.with({ idempotent: true }).call('cut')`, 2);
    await expectValue(
      'a signal ends a call',
      `chat.with({ signal: AbortSignal.abort('left') }).call('echo', 'x').catch(String)`,
      'left',
    );
    const other = (auth: string): string => `new Promise((resolve) => {
      const socket = lib.io('/chat', { forceNew: true });
      const client = lib.typed(socket, { auth: ${auth}, onUnauthorized: (error) => resolve([error.message, socket.active]) });
      client.call('echo', 'in').then(resolve, () => undefined);
    })`;
    await expectValue(
      'a refusal for good is told, and the client stops',
      other(`() => ({ token: 'stale' })`),
      ['Unauthorized', false],
    );
    await expectValue(
      'a token that cannot be had is told, and the client stops',
      other(`() => Promise.reject(Object.assign(new Error('log in'), { status: 401 }))`),
      ['log in', false],
    );
    await expectValue('a client comes back after a refusal with 503', other(`() => ({ token: 'away' })`), {
      text: 'in',
    });
    const { port } = server;
    await server.stop();
    const waiting = page.evaluate(`chat.call('echo', 'restarted')`);
    server = await open(port);
    if (JSON.stringify(await waiting) !== '{"text":"restarted"}')
      throw new Error('a call did not survive the restart');
    console.log('  ok  a call waits for a server that restarts');
  } finally {
    await server.stop();
  }
}
