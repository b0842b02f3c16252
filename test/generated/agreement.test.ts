import { getMetadataStorage, useContainer } from 'class-validator';
import { expect } from 'chai';
import fc from 'fast-check';
import sinon from 'sinon';
import type { ValidationOptions } from '../../src';
import { checkClass } from '../../src/validation/check-class';
import { MAX_PROBLEMS } from '../../src/validation/validation-error';
import { byLibraries } from '../validation/by-libraries';
import {
  areOrdinary,
  classRecipes,
  makeClasses,
  type Class,
  type ClassRecipe,
  type Log,
} from '../validation/generated-classes';
import { payloads } from '../validation/generated-payloads';
import { isPlain, make, type Recipe } from '../validation/generated-values';
import { outcomeOf } from '../validation/outcomes';

/** A longer search: `RUNS=100 SEED=2 npx mocha test/generated/agreement.test.ts`. */
const RUNS = Number(process.env.RUNS ?? 1) * 100;

const optionsOf: fc.Arbitrary<ValidationOptions> = fc
  .record(
    {
      whitelist: fc.constantFrom(true, true, true, false),
      forbidNonWhitelisted: fc.constantFrom(true, false, false, false),
      forbidUnknownValues: fc.constantFrom(false, true, undefined),
    },
    { requiredKeys: ['whitelist'] },
  )
  .chain((base) =>
    fc
      .record(
        {
          groups: fc.subarray(['g', 'h']),
          always: fc.boolean(),
          strictGroups: fc.boolean(),
          skipMissingProperties: fc.boolean(),
          skipUndefinedProperties: fc.boolean(),
          skipNullProperties: fc.boolean(),
          stopAtFirstError: fc.boolean(),
          dismissDefaultMessages: fc.boolean(),
          validationError: fc.constantFrom({ target: false }, { value: false }, {}),
          enableImplicitConversion: fc.boolean(),
          exposeDefaultValues: fc.boolean(),
          exposeUnsetFields: fc.constantFrom(true, false, undefined),
          excludeExtraneousValues: fc.boolean(),
          strategy: fc.constantFrom('excludeAll' as const, 'exposeAll' as const),
          version: fc.constantFrom(0, 1, 2),
          ignoreDecorators: fc.boolean(),
          enableCircularCheck: fc.boolean(),
          excludePrefixes: fc.subarray(['_']),
        },
        { requiredKeys: [] },
      )
      .chain((all) =>
        fc
          .shuffledSubarray(Object.keys(all) as (keyof typeof all)[])
          .map((keys) => pick(all, keys.slice(0, 3))),
      )
      .map((some): ValidationOptions => ({ ...base, ...some })),
  );

function pick<T extends object>(from: T, keys: readonly (keyof T)[]): Partial<T> {
  return Object.fromEntries(keys.map((key) => [key, from[key]])) as Partial<T>;
}

interface Case {
  readonly classes: readonly ClassRecipe[];
  readonly options: ValidationOptions;
  readonly payloads: readonly Recipe[];
}

const cases: fc.Arbitrary<Case> = classRecipes.chain((classes) =>
  fc.record({
    classes: fc.constant(classes),
    options: fc.oneof(fc.constant({ whitelist: true }), optionsOf),
    payloads: fc.array(payloads(classes), { minLength: 5, maxLength: 5 }),
  }),
);

/** A case as one would write it down. */
function toText({ classes, options, payloads: sent }: Case): string {
  const lines = classes.map(({ properties, extendsNext, decorator }, i) => {
    const body = properties.map(
      ({ name, decorators, design, field }) =>
        `  ${decorators.map(({ shown }) => `@${shown}`).join(' ')} ${name} (${field}): ${String((design as Class | undefined)?.name ?? design)}`,
    );
    return [`${decorator} class C${i}${extendsNext ? ` extends C${i + 1}` : ''}`, ...body].join('\n');
  });
  return [...lines, JSON.stringify(options), ...sent.map((one) => text(one))].join('\n');
}

function text(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner === undefined ||
    typeof inner === 'bigint' ||
    typeof inner === 'symbol' ||
    typeof inner === 'function' ||
    Number.isNaN(inner)
      ? `<${String(inner)}>`
      : inner,
  );
}

const ORDINARY_OPTIONS = new Set([
  'whitelist',
  'forbidNonWhitelisted',
  'groups',
  'always',
  'strictGroups',
  'skipMissingProperties',
  'stopAtFirstError',
  'exposeDefaultValues',
  'exposeUnsetFields',
]);

interface Tally {
  valid: number;
  immediate: number;
}

async function compare(one: Case, tally: Tally): Promise<void> {
  const logs: [Log, Log] = [[], []];
  const types = logs.map((log) => makeClasses(one.classes, log)) as [Class[], Class[]];
  const check = checkClass(types[0][0]!, one.options);
  const isOrdinary =
    areOrdinary(one.classes) && Object.keys(one.options).every((name) => ORDINARY_OPTIONS.has(name));
  try {
    // Compiles the class, and compares it with the libraries for some samples. Sticky expressions remember the payload.
    await outcomeOf({}, () => check({}));
    await outcomeOf({}, () => byLibraries(types[1][0]!, {}, one.options));
    for (const recipe of one.payloads) {
      for (const log of logs) {
        log.length = 0;
        log.isOdd = !log.isOdd;
      }
      const [ours, theirs] = types.map((classes) => make(recipe, classes)) as [object, object];
      const got = await outcomeOf(ours, () => check(ours));
      const expected = await outcomeOf(theirs, () => byLibraries(types[1][0]!, theirs, one.options));
      if (got.shown.includes('The value cannot be converted to')) {
        // class-transformer throws for such a value, and a client is told which one it is.
        expect(expected.shown).to.match(/^threw TypeError/);
        continue;
      }
      expect(got.shown, 'the outcome').to.equal(expected.shown);
      expect(got.isValid).to.equal(expected.isValid);
      if (expected.problems >= MAX_PROBLEMS) continue;
      // What was made before the compiled check gave up is made again.
      const calls = logs.map((log) => log.filter((line) => got.isImmediate || !line.startsWith('new')));
      expect(calls[0], 'calls of code of the user').to.deep.equal(calls[1]);
      expect(await stateOf(ours), 'the payload, afterwards').to.equal(await stateOf(theirs));
      if (!got.isValid) continue;
      // Agreement by leaving everything to the libraries would be none.
      if (isOrdinary && isPlain(recipe)) expect(got.isImmediate, 'compiled').to.equal(true);
      tally.valid++;
      if (got.isImmediate) tally.immediate++;
    }
  } finally {
    forget([...types[0], ...types[1]]);
  }
}

const stateOf = async (payload: unknown) => (await outcomeOf(undefined, () => [payload])).shown;

/** class-validator looks at all classes that there are, and would take longer and longer. */
function forget(types: readonly Class[]): void {
  const { validationMetadatas } = getMetadataStorage() as unknown as {
    validationMetadatas: Map<unknown, unknown>;
  };
  for (const type of types) validationMetadatas.delete(type);
}

describe('the compiled check', function () {
  this.timeout(RUNS * 100 + 10_000);

  // class-validator looks through all constraints of all classes there ever were, unless it is given a container.
  if (process.env.RUNS !== undefined) {
    const instances = new Map<Class, object>();
    const get = (type: Class) => instances.get(type) ?? instances.set(type, new type()).get(type);
    before(() => useContainer({ get }));
    after(() => useContainer(undefined as never));
  }

  afterEach(() => {
    sinon.restore();
  });

  it('agrees with plainToInstance and validate, whatever the class and the payload', async () => {
    const tally = { valid: 0, immediate: 0 };
    const warn = sinon.stub(process, 'emitWarning');
    await fc.assert(
      fc.asyncProperty(cases, (one) => compare(one, tally)),
      {
        numRuns: RUNS,
        reporter: (run) => {
          if (!run.failed) return;
          const [failed] = run.counterexample ?? [];
          throw new Error(
            `seed ${run.seed}, path ${run.counterexamplePath ?? ''}, after ${run.numRuns} runs\n` +
              `${failed ? toText(failed) : ''}\n${String((run.errorInstance as Error | undefined)?.stack)}`,
          );
        },
      },
    );
    // A class that its samples do not agree about would be left to the libraries, and agree.
    expect(warn.args).to.deep.equal([]);
    // Few enough that no seed falls short of it.
    expect(tally.valid, 'valid payloads').to.be.greaterThan(RUNS / 10);
    expect(tally.immediate / tally.valid, 'share of them that passed at once').to.be.greaterThan(0.3);
  });
});
