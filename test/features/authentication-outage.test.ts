import { expect } from 'chai';
import { Errors as MoleculerErrors, type ServiceSchema } from 'moleculer';
import type { Socket } from 'socket.io';
import { Authenticate, Errors, SocketGateway, SocketIOService, SocketNamespace } from '../../src';
import {
  CollectingLogger,
  connect,
  newBroker,
  newClient,
  refused,
  start,
  type Running,
} from '../support/run-gateway';

const {
  MoleculerClientError,
  MoleculerError,
  MoleculerRetryableError,
  MoleculerServerError,
  QueueIsFullError,
  RequestTimeoutError,
  ServiceNotAvailableError,
  ServiceNotFoundError,
  ValidationError,
} = MoleculerErrors;

/** An error of an application, which other nodes do not know. */
class DatabaseError extends MoleculerError {
  constructor() {
    super('the database is away', 502, 'DATABASE');
  }
}

const where = { action: 'users.verify', nodeID: 'far' };

/** What the cluster fails with. The client may try again. */
const OUTAGES: Record<string, () => unknown> = {
  'no service': () => new ServiceNotFoundError(where),
  'a service that is not available': () => new ServiceNotAvailableError(where),
  'a timeout': () => new RequestTimeoutError(where),
  'a full queue': () => new QueueIsFullError({ ...where, size: 1, limit: 1 }),
  'a server error': () => new MoleculerServerError('down', 500, 'DOWN', {}),
  'a retryable error': () => new MoleculerRetryableError('not now', 409, 'BUSY', {}),
  'a ServiceUnavailableError': () => new Errors.ServiceUnavailableError(),
  "an error of the application's with code 502": () => new DatabaseError(),
};

/** What says that the client is not who it says it is. */
const DENIALS: Record<string, () => unknown> = {
  'a plain error': () => new Error('bad token'),
  'an error of Node': () => Object.assign(new Error('refused'), { code: 'ECONNREFUSED' }),
  'a plain error with a code from 500': () => Object.assign(new Error('odd'), { code: 500 }),
  'an UnAuthorizedError': () => new Errors.UnAuthorizedError(),
  'a ForbiddenError': () => new Errors.ForbiddenError(),
  'a ValidationError': () => new ValidationError('no token', 'TOKEN', []),
  'a client error': () => new MoleculerClientError('too many', 429, 'SLOWER', {}),
};

const UNAVAILABLE = { code: 503, type: 'AUTHENTICATION_UNAVAILABLE', retryable: true };

/** Throws what it is told to by the token, on whatever node it is. */
const users: ServiceSchema = {
  name: 'users',
  actions: {
    verify({ params }: { params: { token?: string } }) {
      const make = { ...OUTAGES, ...DENIALS }[String(params.token)];
      if (make) throw make();
      if (params.token === 'a string') throw 'down';
      return { id: 1 };
    },
  },
};

const settings = { port: 0 };
const tokenOf = (socket: Socket): string => socket.handshake.auth['token'] as string;

@SocketNamespace('/x', { settings })
class ThrowingGateway extends SocketGateway {
  @Authenticate()
  who(socket: Socket) {
    throw ({ ...OUTAGES, ...DENIALS }[tokenOf(socket)] as () => Error)();
  }
}

@SocketNamespace('/x', { settings })
class AskingGateway extends SocketGateway {
  @Authenticate()
  who(socket: Socket) {
    return this.broker.call('users.verify', { token: tokenOf(socket) });
  }
}

const dropIn = {
  name: 'io',
  mixins: [SocketIOService],
  settings: { ...settings, io: { namespaces: { '/x': { authorization: true, events: {} } } } },
  methods: {
    socketAuthorize(this: AskingGateway, socket: Socket) {
      return this.broker.call('users.verify', { token: tokenOf(socket) });
    },
  },
} as unknown as ServiceSchema;

/** Starts a gateway whose users are verified on another node. */
async function startFar(gateway: typeof AskingGateway | ServiceSchema): Promise<Running> {
  const options = { transporter: 'Fake' as const, namespace: 'authentication-outage' };
  await newBroker(users, { ...options, nodeID: 'far' }).start();
  const running = await start(gateway, { ...options, nodeID: 'near' });
  await running.broker.waitForServices('users', 2000, 5);
  return running;
}

/** What clients get as the data of `connect_error`, by token. */
async function refusalsOf(running: Running, tokens: readonly string[]): Promise<Record<string, any>> {
  const told: Record<string, unknown> = {};
  for (const token of tokens)
    told[token] = (await refused(newClient(running, '/x', { auth: { token } }))).data;
  return told;
}

describe('an outage during authentication', () => {
  const WAYS: [string, () => Promise<Running>, readonly string[]][] = [
    ['thrown by @Authenticate', () => start(ThrowingGateway), []],
    ['thrown by an action here', () => start([AskingGateway, users]), ['a string']],
    ['thrown by an action of another node', () => startFar(AskingGateway), ['a string']],
    ['thrown in the drop-in', () => start([dropIn, users]), ['a string']],
    ['thrown by another node in the drop-in', () => startFar(dropIn), ['a string']],
  ];
  for (const [how, run, others] of WAYS) {
    it(`refuses with 503 and may be tried again, where it is ${how}`, async () => {
      const refusals = await refusalsOf(await run(), [...Object.keys(OUTAGES), ...others]);
      for (const [what, data] of Object.entries(refusals)) {
        expect(data, what).to.include(UNAVAILABLE);
        expect(data.data, what).to.deep.equal({ retryable: true });
      }
    });

    it(`is told from a denial, which stays 401, where that is ${how}`, async () => {
      const refusals = await refusalsOf(await run(), Object.keys(DENIALS));
      for (const [what, data] of Object.entries(refusals)) {
        expect(data, what).to.include({ code: 401 });
        expect(data, what).not.to.have.property('retryable');
      }
    });
  }

  it('says nothing of its cause to the client, and everything to the log', async () => {
    const logger = new CollectingLogger();
    const running = await start([AskingGateway, users], { logger });
    const token = "an error of the application's with code 502";
    const { message, data } = await refused(newClient(running, '/x', { auth: { token } }));
    expect(message).to.equal('Service unavailable');
    expect(JSON.stringify(data)).not.to.include('database');
    expect(logger.having('the database is away')).not.to.be.empty;
  });

  it('is over when the service is back', async () => {
    const { broker, ...running } = await start([AskingGateway, users]);
    const service = broker.services.find(({ name }) => name === 'users')!;
    await broker.destroyService(service);
    const client = newClient(running);
    expect((await refused(client)).data).to.include(UNAVAILABLE);
    broker.createService(users);
    await broker.waitForServices('users', 2000, 5);
    await connect(running);
  });

  it('is an open circuit, too', async () => {
    const circuitBreaker = { enabled: true, threshold: 0.5, minRequestCount: 1, windowTime: 60 };
    const running = await start([AskingGateway, users], { circuitBreaker });
    const token = 'a server error';
    for (let n = 0; n < 3; n++)
      expect((await refused(newClient(running, '/x', { auth: { token } }))).data).to.include(UNAVAILABLE);
    // The circuit is open now: a good token is not looked at.
    expect((await refused(newClient(running))).data).to.include(UNAVAILABLE);
  });
});
