// A gateway whose handlers and actions throw everything that can be thrown. ../check-bundles.js bundles and runs it: what it
// prints must not depend on bundling, minification, or how stacks are made.
import 'reflect-metadata';
import type { AddressInfo } from 'node:net';
import { Errors, ServiceBroker } from 'moleculer';
import {
  AllowAnonymous,
  Authenticate,
  Authorize,
  compileGateway,
  Errors as GatewayErrors,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from 'moleculer-socket-gateway';
import { io, type Socket as Client } from 'socket.io-client';
import { SECRETS } from './secrets';

switch (process.env['STACKS']) {
  case 'none':
    Error.stackTraceLimit = 0;
    break;
  case 'custom':
    Error.prepareStackTrace = (_error, sites) => sites.map(String);
    break;
}

interface Asked {
  what: string;
}

@SocketNamespace('/bundled', {
  name: 'bundled',
  settings: { port: 0, ip: '127.0.0.1' },
  limits: { maxDepth: 8 },
})
@Authorize()
class BundledGateway extends SocketGateway {
  @Authenticate()
  enter(socket: { handshake: { auth: { user?: number } } }) {
    const { user } = socket.handshake.auth;
    return user === undefined ? undefined : { id: user };
  }
  @AllowAnonymous()
  @SocketEvent('open')
  open() {
    return 'fine';
  }
  @SocketEvent('throws')
  throwing(ctx: SocketContext<Asked>) {
    throw SECRETS[ctx.params.what]?.();
  }
  @SocketEvent('rejects')
  rejecting(ctx: SocketContext<Asked>) {
    return Promise.reject(SECRETS[ctx.params.what]?.() as Error);
  }
  @SocketEvent('calls')
  calling(ctx: SocketContext<Asked>) {
    return ctx.call('remote.fail', ctx.params);
  }
  @SocketEvent('named')
  named(ctx: SocketContext<Asked>) {
    throw NAMED[ctx.params.what]?.();
  }
  @SocketEvent('checked', { params: { id: 'number' } })
  checked() {
    return 'fine';
  }
  @RateLimit({ points: 1, duration: 60 })
  @SocketEvent('limited')
  limited() {
    return 'fine';
  }
  @SocketEvent('slow', { timeout: 5 })
  slow() {
    return new Promise((resolve) => setTimeout(resolve, 50));
  }
  @SocketEvent('call', { whitelist: ['local.*', 'remote.*', 'gone.*'] })
  call!: ActionProxy;
}

class OwnError extends GatewayErrors.NotFoundError {
  override name = 'OwnError';
}

/** Errors that clients may see, with the names that they must have. */
const NAMED: Readonly<Record<string, () => Error>> = {
  UnAuthorizedError: () => new GatewayErrors.UnAuthorizedError(),
  ForbiddenError: () => new GatewayErrors.ForbiddenError(),
  BadRequestError: () => new GatewayErrors.BadRequestError(),
  NotFoundError: () => new GatewayErrors.NotFoundError(),
  PayloadTooLarge: () => new GatewayErrors.PayloadTooLarge(),
  RateLimitExceeded: () => new GatewayErrors.RateLimitExceeded(),
  ServiceUnavailableError: () => new GatewayErrors.ServiceUnavailableError(),
  OwnError: () => new OwnError(),
  MoleculerError: () => new Errors.MoleculerError('seen', 418, 'TEAPOT'),
  MoleculerClientError: () => new Errors.MoleculerClientError('seen', 418, 'TEAPOT'),
  MoleculerServerError: () => new Errors.MoleculerServerError('seen', 518, 'TEAPOT'),
  ServiceNotFoundError: () => new Errors.ServiceNotFoundError({ action: 'x' }),
};

const local = {
  name: 'local',
  actions: {
    fail(ctx: { params: Asked }) {
      throw SECRETS[ctx.params.what]?.();
    },
  },
};

interface WireError {
  name: string;
  message: string;
  code: number;
  type?: string;
  data?: object;
}

function ask(client: Client, event: string, ...args: unknown[]): Promise<WireError | null> {
  return new Promise((resolve) => client.emit(event, ...args, resolve));
}

function isMasked(error: WireError | null): boolean {
  const { name, message, code, type, data = {} } = error ?? ({} as WireError);
  return (
    `${name} ${code} ${String(type)} ${message}` ===
      'InternalServerError 500 INTERNAL_SERVER_ERROR Internal Server Error' &&
    Object.keys(data).join() === 'requestID'
  );
}

const shown = (error: WireError | null): string =>
  error ? `${error.name} ${error.code} ${String(error.type)}` : 'none';
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

async function main(): Promise<void> {
  // The other node is in a bundle of its own.
  const { startRemote } = (await import(process.argv[2] ?? '')) as {
    startRemote(): Promise<ServiceBroker>;
  };
  const broker = new ServiceBroker({ nodeID: 'near', transporter: 'Fake', logger: false });
  broker.createService(local);
  const gateway = broker.createService(BundledGateway as never) as SocketGateway;
  const [remote] = await Promise.all([startRemote(), broker.start()]);
  await broker.waitForServices('remote', 5000);
  const { port } = gateway.io.httpServer.address() as AddressInfo;
  const connect = (auth: object): Client =>
    io(`http://127.0.0.1:${port}/bundled`, { auth, forceNew: true, transports: ['websocket'] });
  const [ann, anonymous] = [connect({ user: 1 }), connect({})];

  for (const what of Object.keys(SECRETS)) {
    const answers = {
      throws: await ask(ann, 'throws', { what }),
      rejects: await ask(ann, 'rejects', { what }),
      local: await ask(ann, 'call', 'local.fail', { what }),
      // Moleculer ends the process of a node that throws a bigint: its serializer cannot write it.
      ...(what !== 'bigint' && {
        calls: await ask(ann, 'calls', { what }),
        remote: await ask(ann, 'call', 'remote.fail', { what }),
      }),
    };
    for (const [door, error] of Object.entries(answers))
      if (!isMasked(error)) console.log('not masked:', what, door, JSON.stringify(error));
  }
  for (const [name, make] of Object.entries(NAMED)) {
    if (make().name !== name) console.log('not its name:', name, make().name);
    const error = await ask(ann, 'named', { what: name });
    if (error?.name !== name) console.log('not its name on the wire:', name, shown(error));
  }
  console.log('nobody', shown(await ask(anonymous, 'throws', {})));
  console.log('unknown event', shown(await ask(ann, 'unheard-of')));
  console.log('no name of an action', shown(await ask(ann, 'call', 5)));
  console.log('no such action', shown(await ask(ann, 'call', 'gone.away')));
  console.log('params', shown(await ask(ann, 'checked', { id: 'x' })));
  console.log('depth', shown(await ask(ann, 'open', nested(9))));
  console.log('rate', shown(await ask(ann, 'limited')), shown(await ask(ann, 'limited')));
  console.log('timeout', shown(await ask(ann, 'slow')));
  console.log(
    'remote',
    shown(await ask(ann, 'call', 'remote.forbidden')),
    shown(await ask(ann, 'call', 'remote.teapot')),
  );
  try {
    compileGateway(class extends SocketGateway {} as never);
  } catch (error) {
    console.log('declaration', (error as Error).name);
  }
  for (const client of [ann, anonymous]) client.disconnect();
  await Promise.all([broker.stop(), remote.stop()]);
  console.log('stopped');
}

void main();
