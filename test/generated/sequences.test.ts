import { expect } from 'chai';
import fc from 'fast-check';
import { SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { connect, newBroker, start } from '../support/run-gateway';
import { COMMANDS, RealHalls } from './hall-commands';
import { HallGateway, talk } from './hall-gateway';
import { HallModel } from './hall-model';

/*
 * A failure prints its seed and path; SEED and SEQUENCES_PATH play it again, RUNS=10 plays ten times as many.
 */
const { SEQUENCES_PATH, SEQUENCES_REPLAY } = process.env;
const SEQUENCES = Number(process.env.RUNS ?? 1) * 40;
const RUNS = {
  numRuns: SEQUENCES,
  ...(SEQUENCES_PATH !== undefined && { path: SEQUENCES_PATH, endOnFailure: true }),
};

/** Those who are there in the beginning. */
const CROWD = [
  ['x', 'ada'],
  ['x', 'ben'],
  ['x', undefined],
  ['y', 'ada'],
] as const;

describe('generated sequences', function () {
  this.timeout(Math.max(120_000, SEQUENCES * 3000));

  it('of logins, rooms, messages, disconnects and restarts show users what they may see, and nothing else', async () => {
    const commands = fc.commands(COMMANDS, {
      maxCommands: 40,
      size: 'max',
      ...(SEQUENCES_REPLAY !== undefined && { replayPath: SEQUENCES_REPLAY }),
    });
    await fc.assert(
      fc.asyncProperty(commands, async (sequence) => {
        const broker = newBroker([HallGateway, talk]);
        await broker.start();
        const real = new RealHalls(broker);
        try {
          const model = new HallModel();
          for (const [hall, user] of CROWD) await real.connect(model.enter(hall, user), hall, user);
          await fc.asyncModelRun(() => ({ model, real }), sequence);
        } finally {
          real.close();
          await broker.stop();
        }
      }),
      RUNS,
    );
  });

  it('of events run one after the other with concurrency 1, whatever each of them does, and each is answered once', async () => {
    const ran: number[] = [];
    @SocketNamespace('/x', { settings: { port: 0 }, limits: { concurrency: 1 } })
    class QueueGateway extends SocketGateway {
      private running = 0;
      @SocketEvent('*')
      async handle(ctx: SocketContext) {
        const [number, turns, how] = ctx.args as [number, number, string];
        expect(++this.running).to.equal(1);
        try {
          for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
          ran.push(number);
          if (how === 'throws') throw new Error('no');
          if (how === 'refuses') throw null;
          return number;
        } finally {
          this.running--;
        }
      }
    }
    const running = await start(QueueGateway);
    const event = fc.tuple(fc.nat(3), fc.constantFrom('returns', 'throws', 'refuses'));
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 20 }), async (events) => {
        ran.length = 0;
        const client = await connect(running);
        const answers = await Promise.all(
          events.map(
            ([turns, how], number) =>
              new Promise<unknown>((resolve) => {
                client.emit(
                  `event${number}`,
                  number,
                  turns,
                  how,
                  (error: { code: number } | null, result: unknown) => resolve(error ? error.code : result),
                );
              }),
          ),
        );
        client.disconnect();
        expect(ran).to.deep.equal(events.map((_event, number) => number));
        expect(answers).to.deep.equal(events.map(([, how], number) => (how === 'returns' ? number : 500)));
      }),
      RUNS,
    );
  });
});
