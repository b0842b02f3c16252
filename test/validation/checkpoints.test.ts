import type { StandardSchemaV1 } from '@standard-schema/spec';
import { expect } from 'chai';
import { z } from 'zod';
import { checkSchema } from '../../src/validation/check-schema';

type Validate = (value: any) => unknown;

const schema = (validate: Validate): StandardSchemaV1 => ({
  '~standard': { version: 1, vendor: 'test', validate: validate as never },
});

const items = (count: number) =>
  Array.from({ length: count }, (_, i) => ({ n: i, tags: ['a', { deep: i }] }));

/** Takes so many milliseconds of CPU time, as a rule of the application might. */
function work(ms: number): void {
  const start = process.cpuUsage();
  let used = 0;
  while (used < ms) {
    const { user, system } = process.cpuUsage(start);
    used = (user + system) / 1000;
  }
}

/** Whether a property anywhere in a value is an accessor. */
function hasAccessor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.values(Object.getOwnPropertyDescriptors(value)).some(
    (property) => property.get !== undefined || hasAccessor(property.value),
  );
}

/** What a check throws or rejects with. zod answers with a promise if something has thrown. */
async function refusalOf(check: () => unknown): Promise<object> {
  try {
    await check();
  } catch (error) {
    return error as object;
  }
  throw new Error('the check has passed');
}

describe('a schema', () => {
  for (const [title, payload] of Object.entries({
    'a large array': items(500),
    'a large object': Object.fromEntries(items(500).map((item, i) => [`k${i}`, item])),
    'an array of numbers': Array.from({ length: 5000 }, (_, i) => i),
    'what is frozen': Object.freeze(items(500)),
    'a key __proto__': JSON.parse(`{"__proto__":{"a":1},"items":${JSON.stringify(items(100))}}`) as object,
  })) {
    it(`is given ${title}, which is the same afterwards`, () => {
      const before = JSON.stringify(payload);
      const result = checkSchema(schema((value) => ({ value: { value, json: JSON.stringify(value) } })))(
        payload,
      );
      expect(result).to.have.property('value', payload);
      expect(result).to.have.property('json', before);
      expect(JSON.stringify(payload)).to.equal(before);
      expect(hasAccessor(payload)).to.equal(false);
    });
  }

  it('may change the payload', () => {
    const payload = items(500);
    const check = checkSchema(
      schema((value: ReturnType<typeof items>) => {
        value.forEach((item) => (item.n += 1));
        value.splice(0, 100);
        value.reverse();
        delete (value[0] as Partial<(typeof value)[0]>).tags;
        return { value };
      }),
    );
    expect(check(payload)).to.equal(payload);
    const expected = items(500)
      .slice(100)
      .reverse()
      .map(({ n, tags }, i) => (i === 0 ? { n: n + 1 } : { n: n + 1, tags }));
    expect(payload).to.deep.equal(expected);
    expect(hasAccessor(payload)).to.equal(false);
  });

  it('that takes long for each value is interrupted: of 1000 items it sees few', async () => {
    let seen = 0;
    const payload = items(1000);
    const slow = z.array(z.object({ n: z.number() }).refine(() => (work(2), ++seen > 0)));
    expect(await refusalOf(() => checkSchema(slow)(payload))).to.include({ code: 413 });
    expect(seen).to.be.within(1, 200);
    expect(hasAccessor(payload)).to.equal(false);
  });

  it('that catches what it is interrupted by is interrupted again', async () => {
    let caught = 0;
    const stubborn = schema((value: object[]) => {
      for (let i = 0; i < value.length; i++) {
        try {
          if (value[i]) work(2);
        } catch {
          caught++;
        }
      }
      return { value: Object.values(value) };
    });
    expect(await refusalOf(() => checkSchema(stubborn)(items(200)))).to.include({ code: 413 });
    expect(caught).to.be.greaterThan(0);
  });

  it('that is async is interrupted, too, but not while it waits', async () => {
    const patient = schema(async (value: object[]) => {
      for (let i = 0; i < 100; i++) {
        await new Promise((resolve) => setTimeout(resolve, 2));
        if (!value[i]) throw new Error('nothing there');
      }
      return { value: 'done' };
    });
    const greedy = schema(async (value: object[]) => {
      for (let i = 0; i < value.length; i++) {
        await Promise.resolve();
        if (value[i]) work(2);
      }
      return { value: 'done' };
    });
    const payload = items(1000);
    expect(await checkSchema(patient)(payload)).to.equal('done');
    expect(hasAccessor(payload)).to.equal(false);
    expect(await refusalOf(() => checkSchema(greedy)(payload))).to.include({ code: 413 });
    expect(hasAccessor(payload)).to.equal(false);
  });
});
