import { expect } from 'chai';
import { SocketEvent, SocketGateway, SocketIOService, SocketNamespace, type SocketContext } from '../../src';
import { MANAGEMENT_ACTIONS } from '../../src/plan/management-actions';

type ManagementAction = (typeof MANAGEMENT_ACTIONS)[number];
import {
  ask,
  connect,
  next,
  start,
  type Client,
  type Registered,
  type Running,
} from '../support/run-gateway';

@SocketNamespace('/x', { name: 'gateway', settings: { port: 0 } })
class PlainGateway extends SocketGateway {
  @SocketEvent()
  rooms(ctx: SocketContext) {
    return ctx.meta.$rooms;
  }
}

const dropIn = {
  name: 'gateway',
  mixins: [SocketIOService],
  settings: { port: 0, io: { namespaces: { '/x': { events: { rooms: (ack: () => void) => ack() } } } } },
};

/** Params that are right, with every param that an action has. */
const GOOD: Record<ManagementAction, Record<string, unknown>> = {
  broadcast: {
    event: 'hello',
    args: [1],
    namespace: '/x',
    rooms: ['a'],
    except: 'b',
    volatile: false,
    local: true,
  },
  getClients: { namespace: '/x', room: 'a' },
  joinRooms: { namespace: '/x', socketIds: ['a'], rooms: 'a', join: ['b'] },
  leaveRooms: { namespace: '/x', socketIds: 'a', rooms: ['a'], leave: 'b' },
  disconnect: { namespace: '/x', socketIds: ['a'], rooms: ['a'], user: 7, close: false },
  request: { namespace: '/x', socketId: 'a', event: 'hello', args: [], timeout: 50 },
  listEvents: { namespace: '/x' },
  contract: { namespace: '/x' },
  drain: { window: 0, grace: 0 },
  health: {},
};
const REQUIRED: Partial<Record<ManagementAction, readonly string[]>> = {
  broadcast: ['event'],
  joinRooms: ['join'],
  leaveRooms: ['leave'],
  request: ['socketId', 'event'],
};
/** What is right for no param at all. */
const NEVER: unknown[] = [
  '',
  NaN,
  Infinity,
  {},
  { a: 1 },
  [7],
  [null],
  [['a']],
  [''],
  () => 'a',
  10n,
  new Map(),
];
/** Those that may be any array. */
const ANY_ARRAY = ['args'];
/** What is wrong for one of them, by name. */
const WRONG: Partial<Record<string, readonly unknown[]>> = {
  event: [7, true, ['a']],
  args: ['a', 7, true],
  namespace: [7, true, ['/x']],
  room: [7, true, ['a']],
  rooms: [7, true],
  except: [7, true],
  socketIds: [7, true],
  socketId: [7, true, ['a']],
  join: [7, true],
  leave: [7, true],
  user: [true, ['a']],
  volatile: ['yes', 1],
  local: ['yes', 1],
  close: ['yes', 0],
  timeout: ['50', true, 0, -1],
  window: ['50', true, -1],
  grace: ['50', true, -1],
};

function manage(running: Pick<Running, 'broker'>, action: string, params: unknown): Promise<any> {
  return running.broker.call(`gateway.${action}`, params as object);
}

async function failure(running: Pick<Running, 'broker'>, action: string, params: unknown): Promise<any> {
  return manage(running, action, params).then(
    (result) => expect.fail(`${action} ${String(params)} gave ${String(result)}`),
    (error: unknown) => error,
  );
}

const isAlive = async (client: Client): Promise<void> => {
  expect(client.connected).to.equal(true);
  await ask(client, 'rooms');
};

for (const validator of [true, false]) {
  for (const [what, gateway] of [
    ['a class', PlainGateway],
    ['the drop-in', dropIn],
  ] as [string, Registered][]) {
    describe(`params of management actions of ${what}, with${validator ? '' : 'out'} the broker's validator`, () => {
      for (const action of MANAGEMENT_ACTIONS) {
        it(`are checked by ${action}, each of them`, async () => {
          const running = await start(gateway, { validator });
          const client = await connect(running);
          for (const name of Object.keys(GOOD[action])) {
            const wrong = ANY_ARRAY.includes(name)
              ? NEVER.filter((value) => !Array.isArray(value))
              : [...NEVER];
            for (const value of [...wrong, ...(WRONG[name] ?? expect.fail(name))]) {
              const error = await failure(running, action, { ...GOOD[action], [name]: value });
              expect(error, `${action} ${name} ${String(Object(value))}`).to.include({
                name: 'ValidationError',
                code: 422,
              });
              expect(error.data[0]).to.include({ field: name });
            }
          }
          await isAlive(client);
        });

        it(`may be left out, or null, where ${action} does not need them`, async () => {
          const running = await start(gateway, { validator });
          const client = await connect(running);
          const required = REQUIRED[action] ?? [];
          for (const name of Object.keys(GOOD[action])) {
            for (const value of [null, undefined]) {
              const params = { ...GOOD[action], [name]: value };
              if (required.includes(name)) {
                const error = await failure(running, action, params);
                expect(error, name).to.include({ code: 422 });
                expect(error.data[0]).to.include({ field: name, type: 'required' });
              } else if (action === 'request') {
                expect(await failure(running, action, params), name).to.include({ code: 404 });
              } else await manage(running, action, params);
            }
          }
          if (action !== 'drain') await isAlive(client);
        });

        it(`are an object, or ${action} is refused`, async () => {
          const running = await start(gateway, { validator });
          const client = await connect(running);
          for (const params of ['text', 7, true, ['a'], () => 'a']) {
            const error = await failure(running, action, params).catch((missing: unknown) => missing);
            expect(error, String(params)).to.include({ code: 422 });
          }
          await isAlive(client);
        });
      }

      const circle: Record<string, unknown> = {};
      circle['circle'] = circle;
      const UNSERIALIZABLE: Record<string, unknown[]> = {
        'a circle': [circle],
        'a BigInt': [{ a: [10n] }],
        'a function': [() => undefined],
        'a function that is not the last': [() => undefined, 1],
        'what fails as it is read': [
          {
            toJSON() {
              throw new Error('no JSON');
            },
          },
        ],
      };
      for (const [name, args] of Object.entries(UNSERIALIZABLE)) {
        it(`may not hold ${name} for clients`, async () => {
          const running = await start(gateway, { validator });
          const client = await connect(running);
          const error = { code: 400, type: 'ARGS_NOT_SERIALIZABLE' };
          expect(await failure(running, 'broadcast', { event: 'e', args })).to.include(error);
          const request = { socketId: client.id, event: 'e', args, timeout: 1000 };
          expect(await failure(running, 'request', request)).to.include(error);
          await isAlive(client);
        });
      }

      it('may be anything that clients can get', async () => {
        const running = await start(gateway, { validator });
        const client = await connect(running);
        const hello = next(client, 'hello');
        const args = [undefined, null, Buffer.from('a'), { at: new Date(0), none: undefined }];
        await manage(running, 'broadcast', { event: 'hello', args, rooms: null });
        expect(await hello).to.deep.equal([null, null, Buffer.from('a'), { at: new Date(0).toISOString() }]);
      });

      for (const event of ['connect', 'disconnect', 'newListener']) {
        it(`may not name the reserved event '${event}'`, async () => {
          const running = await start(gateway, { validator });
          const client = await connect(running);
          const error = { code: 400, type: 'RESERVED_EVENT' };
          expect(await failure(running, 'broadcast', { event })).to.include(error);
          expect(await failure(running, 'request', { event, socketId: client.id })).to.include(error);
          await isAlive(client);
        });
      }
    });
  }
}
