import type { IncomingMessage } from 'node:http';
import { ServiceBroker, type ServiceSchema } from 'moleculer';
import { SocketEvent, SocketGateway, SocketNamespace, type ServerSettings } from '../../src';
import { serve, STOPS_AT_ONCE } from '../support/serve';
import { made } from './thrown';

/*
 * A server whose code for handshakes misbehaves as the origin of the request says: `http://<behaviour>.test`.
 */

/** The places of code that is asked about a handshake. */
export type Place = 'origin' | 'predicate' | 'delegate' | 'origin of a delegate' | 'allowRequest';

type Answer = (error: unknown, decision?: unknown) => void;

const later = (act: () => unknown): unknown => setImmediate(act);

/** What code does that is given `answer`; `yes` and `no` are what it says there. */
const BEHAVIOURS: Record<string, (answer: Answer, yes: unknown, no: unknown) => any> = {
  good: (answer, yes) => answer(null, yes),
  bad: (answer, _yes, no) => answer(null, no),
  slow: (answer, yes) => setTimeout(() => answer(null, yes), 50),
  'yes-yes': (answer, yes) => {
    answer(null, yes);
    answer(null, yes);
  },
  'yes-no': (answer, yes, no) => {
    answer(null, yes);
    answer(null, no);
  },
  'no-yes': (answer, yes, no) => {
    answer(null, no);
    answer(null, yes);
  },
  'yes-yes-late': (answer, yes) =>
    later(() => {
      answer(null, yes);
      answer(null, yes);
      later(() => answer(null, yes));
    }),
  'yes-error-late': (answer, yes) =>
    later(() => {
      answer(null, yes);
      answer(new Error('second thoughts'));
    }),
  'yes-throw': (answer, yes) => {
    answer(null, yes);
    throw new Error('second thoughts');
  },
  'yes-reject': (answer, yes) => {
    answer(null, yes);
    return Promise.reject(new Error('second thoughts'));
  },
  'late-yes-reject': async (answer, yes) => {
    await Promise.resolve();
    answer(null, yes);
    throw new Error('second thoughts');
  },
  throw: () => {
    throw new Error('secret');
  },
  'throw-hostile': () => {
    throw made('an error that cannot be touched');
  },
  'reject-hostile': () => Promise.reject(made('a revoked proxy')),
  'error-hostile': (answer) => answer(made('an error that cannot be touched')),
  'error-hostile-late': (answer) => later(() => answer(made('an error that cannot be touched'))),
  'error-circle-late': (answer) => later(() => answer(made('a circle'))),
  'error-bigint-late': (answer) => later(() => answer(10n)),
  nothing: () => undefined,
};

const behaviourOf = (origin: string | undefined): (typeof BEHAVIOURS)[string] =>
  BEHAVIOURS[/^http:\/\/(.*)\.test$/.exec(origin ?? '')?.[1] ?? 'good']!;

const SETTINGS: Record<Place, ServerSettings> = {
  origin: { cors: { origin: (origin, answer: any) => behaviourOf(origin)(answer, true, false) } },
  predicate: {
    cors: {
      origin: (async (origin: string) => {
        let said: unknown = false;
        await behaviourOf(origin)((_error, decision) => (said = decision ?? false), true, false);
        return said;
      }) as never,
    },
  },
  delegate: {
    cors: ((request: IncomingMessage, answer: any) =>
      behaviourOf(request.headers.origin)(answer, { origin: true }, { origin: false })) as never,
  },
  'origin of a delegate': {
    cors: ((request: IncomingMessage, answer: any) =>
      answer(null, {
        origin: (_origin: string, decide: Answer) => behaviourOf(request.headers.origin)(decide, true, false),
      })) as never,
  },
  allowRequest: {
    io: {
      options: {
        allowRequest: (request, answer) => {
          const say: Answer = (error, decision) => answer(error as string, decision as boolean);
          return behaviourOf(request.headers.origin)(say, true, false);
        },
      },
    },
  },
};

if (require.main === module) {
  serve(async ({ place }: { place: Place }) => {
    // On a busy machine, good clients take their time, too.
    @SocketNamespace('/x', { limits: { handshakeTimeout: 1500 }, settings: { port: 0, ...SETTINGS[place] } })
    class AskedGateway extends SocketGateway {
      @SocketEvent()
      ping() {
        return 'pong';
      }
    }
    const broker = new ServiceBroker({
      logger: false,
      skipProcessEventRegistration: true,
      registry: STOPS_AT_ONCE,
    });
    broker.createService(AskedGateway as ServiceSchema);
    await broker.start();
    return { brokers: [broker] };
  });
}
