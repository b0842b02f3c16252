import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import { GRACE_MS, NODES, PresenceModel, ROOMS, SEND_MS, SETTLE_MS } from './presence-model';

/*
 * A failure prints its seed and path; PRESENCE_SEED and PRESENCE_PATH play it again, PRESENCE_RUNS plays more sequences.
 */
const { PRESENCE_RUNS = '150', PRESENCE_SEED, PRESENCE_PATH } = process.env;
const RUNS = {
  numRuns: Number(PRESENCE_RUNS),
  ...(PRESENCE_SEED !== undefined && { seed: Number(PRESENCE_SEED) }),
  ...(PRESENCE_PATH !== undefined && { path: PRESENCE_PATH, endOnFailure: true }),
};

/** Time after which questions that were lost have been asked again. */
const QUIET_MS = 20_000;

type Step = (model: PresenceModel, clock: sinon.SinonFakeTimers) => unknown;

/** A step with a name, which a failure prints. */
function step(name: string, run: Step): Step {
  return Object.assign(run, { toString: () => name });
}

const index = fc.nat({ max: 20 });
const user = fc.integer({ min: 1, max: 4 });
const node = fc.constantFrom(...NODES);
const room = fc.constantFrom(...ROOMS);
const rooms = fc.subarray(['a', 'b']);

const STEPS: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(node, user, rooms)
      .map((args) => step(`connect ${args.join()}`, (model) => model.connect(...args))),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(index, room)
      .map((args) => step(`enter ${args.join()}`, (model) => model.enterRoom(...args))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(index, room)
      .map((args) => step(`leave ${args.join()}`, (model) => model.leaveRoom(...args))),
  },
  { weight: 2, arbitrary: index.map((at) => step(`disconnect ${at}`, (model) => model.disconnect(at))) },
  { weight: 4, arbitrary: index.map((at) => step(`cut ${at}`, (model) => model.cut(at))) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(index, node, fc.boolean())
      .map((args) => step(`come back ${args.join()}`, (model) => model.comeBack(...args))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(index, user)
      .map((args) => step(`login ${args.join()}`, (model) => model.login(...args))),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(index, fc.nat())
      .map((args) => step(`update ${args.join()}`, (model) => model.update(...args))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(node, fc.boolean())
      .map((args) => step(`end ${args.join()}`, (model) => model.endNode(...args))),
  },
  { weight: 2, arbitrary: node.map((id) => step(`start ${id}`, (model) => model.startNode(id))) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(node, node)
      .map((args) => step(`split ${args.join()}`, (model) => model.split(...args))),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(node, node)
      .map((args) => step(`silence ${args.join()}`, (model) => model.silence(...args))),
  },
  { weight: 2, arbitrary: fc.constant(step('heal', (model) => model.heal())) },
  {
    weight: 5,
    arbitrary: fc
      .constantFrom(0, 1, 3, 10, 40, 200, GRACE_MS, 2 * GRACE_MS)
      .map((ms) => step(`wait ${ms}`, (_model, clock) => clock.tickAsync(ms))),
  },
  {
    weight: 3,
    arbitrary: fc.constant(
      step('settle', async (model, clock) => {
        await clock.tickAsync(SETTLE_MS);
        while (model.isExpiring) await clock.tickAsync(SEND_MS);
        if (model.isSettled) model.check();
      }),
    ),
  },
);

/** The functions that timers would call. */
function timersOf(clock: sinon.SinonFakeTimers): string[] {
  const { timers = {} } = clock as { timers?: Record<string, { func: unknown }> };
  return Object.values(timers).map(({ func }) => String(func));
}

describe('presence, in generated sequences', function () {
  this.timeout(Math.max(120_000, Number(PRESENCE_RUNS) * 1000));

  it('of joins, moves, cuts, kills and splits of three nodes, is the same on all nodes and for all clients after quiet', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEPS, { maxLength: 60, size: 'max' }), async (steps) => {
        const clock = sinon.useFakeTimers({
          now: 1_000_000,
          toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate', 'Date', 'performance'],
        });
        try {
          const model = new PresenceModel();
          await clock.tickAsync(SETTLE_MS);
          for (const run of steps) await run(model, clock);
          model.heal();
          for (const id of NODES) model.startNode(id);
          await clock.tickAsync(QUIET_MS);
          model.check();
          // While nothing changes, nothing is planned. Timers of files that ran before in this process end by then.
          if (clock.countTimers() > 0) await clock.tickAsync(QUIET_MS);
          expect(timersOf(clock), 'timers that are left').to.deep.equal([]);
        } finally {
          clock.restore();
        }
      }),
      RUNS,
    );
  });
});
