import { type as arktype } from 'arktype';
import { expect } from 'chai';
import * as v from 'valibot';
import { z } from 'zod';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { problemsOf } from '../compiler/problems-of';
import {
  acksOn,
  ask,
  CollectingLogger,
  connect,
  expectedMask,
  start,
  type Client,
} from '../support/run-in-memory';

const settings = { port: 0 };

/** One description in the words of three libraries. */
const SCHEMAS = {
  zod: z.object({
    title: z.string().min(2),
    author: z.object({ name: z.string() }),
    items: z.array(z.object({ price: z.number().max(10) })).optional(),
    page: z.number().default(1),
  }),
  valibot: v.object({
    title: v.pipe(v.string(), v.minLength(2)),
    author: v.object({ name: v.string() }),
    items: v.optional(v.array(v.object({ price: v.pipe(v.number(), v.maxValue(10)) }))),
    page: v.optional(v.number(), 1),
  }),
  arktype: arktype({
    '+': 'delete',
    title: 'string >= 2',
    author: { name: 'string' },
    'items?': arktype({ price: 'number <= 10' }).array(),
    page: 'number = 1',
  }),
};

const article = { title: 'Hello', author: { name: 'Ada' }, items: [{ price: 1 }, { price: 2 }] };
const wrong = { title: 'H', author: {}, items: [{ price: 1 }, { price: 11 }] };

/** A schema that answers as a test tells it to. */
const schema = (validate: (value: unknown) => unknown) => ({
  '~standard': { version: 1 as const, vendor: 'test', validate: validate as never },
});

describe('schemas', () => {
  for (const [vendor, payload] of Object.entries(SCHEMAS)) {
    describe(`of ${vendor}`, () => {
      let got: unknown[];
      let client: Client;

      @SocketNamespace('/x', { settings })
      class SchemaGateway extends SocketGateway {
        @SocketEvent('one', { payload })
        one(@MessageBody() body: unknown) {
          got.push(body);
        }
        @SocketEvent('many', { payload: [payload] })
        many(ctx: SocketContext<unknown[]>) {
          got.push(ctx.params);
        }
      }
      beforeEach(async () => {
        got = [];
        client = await connect(await start(SchemaGateway));
      });

      it('give the handler their output', async () => {
        expect((await ask(client, 'one', { ...article, extra: 1 })).error).to.equal(null);
        expect((await ask(client, 'many', [article, { ...article, page: 2 }])).error).to.equal(null);
        expect(got).to.deep.equal([
          { ...article, page: 1 },
          [
            { ...article, page: 1 },
            { ...article, page: 2 },
          ],
        ]);
      });

      it('say what is wrong, by field', async () => {
        const { error } = await ask(client, 'one', wrong);
        expect(error).to.include({ name: 'ValidationError', code: 422, type: 'VALIDATION_ERROR' });
        const codes = {
          zod: { 'author.name': 'invalid_type', 'items.1.price': 'too_big', title: 'too_small' },
          valibot: { 'author.name': 'object', 'items.1.price': 'max_value', title: 'min_length' },
          arktype: { 'author.name': 'required', 'items.1.price': 'max', title: 'minLength' },
        }[vendor];
        expect(Object.fromEntries(error.data.map(({ field, type }: any) => [field, type]))).to.deep.equal(
          codes,
        );
        for (const problem of error.data) {
          expect(problem.message).to.be.a('string').that.is.not.empty;
          expect(['field', 'type', 'message', 'expected', 'actual']).to.include.members(Object.keys(problem));
        }
        const { error: ofMany } = await ask(client, 'many', [article, wrong]);
        expect(ofMany.data.map(({ field }: any) => field)).to.have.members([
          '1.title',
          '1.author.name',
          '1.items.1.price',
        ]);
        expect(got).to.deep.equal([]);
      });

      it('refuse what is no object', async () => {
        for (const body of [undefined, null, 5, 'text', [article]]) {
          const { error } = await ask(client, 'one', ...(body === undefined ? [] : [body]));
          expect(error.code, JSON.stringify(body)).to.equal(422);
          expect(error.data[0].message).to.be.a('string');
        }
        expect((await ask(client, 'many', article)).error.data).to.have.length(1);
      });

      it('hold without a socket too', async () => {
        const running = await start(SchemaGateway);
        await running.gateway.actions['one']!(article);
        expect(got).to.deep.equal([{ ...article, page: 1 }]);
        const refused = await running.gateway.actions['one']!(wrong).then(
          () => undefined,
          (error: unknown) => error,
        );
        expect(refused).to.include({ name: 'ValidationError', code: 422 });
      });

      it('do not send back what is long', async () => {
        const long = 'x'.repeat(200_000);
        const { error } = await ask(client, 'one', { ...article, title: { long }, [long]: 1, author: long });
        expect(JSON.stringify(error).length).to.be.lessThan(5000);
      });
    });
  }

  describe('of any library', () => {
    let client: Client;
    let logger: CollectingLogger;
    let runs: number;
    /** What the schema does with a payload. */
    let validate: (value: unknown) => unknown;

    @SocketNamespace('/x', { settings })
    class AnyGateway extends SocketGateway {
      @SocketEvent('one', { payload: schema((value) => validate(value)) })
      one(@MessageBody() body: unknown) {
        runs++;
        return body;
      }
      @SocketEvent('many', { payload: [schema((value) => validate(value))] })
      many(@MessageBody() body: unknown) {
        runs++;
        return body;
      }
    }
    beforeEach(async () => {
      runs = 0;
      logger = new CollectingLogger();
      client = await connect(await start(AnyGateway, { logger }));
    });

    it('may be asynchronous', async () => {
      validate = async (value) =>
        value === 'taken' ? { issues: [{ message: 'It is taken.' }] } : { value: [value] };
      expect(await ask(client, 'one', 'free')).to.deep.equal({ error: null, result: ['free'] });
      expect((await ask(client, 'one', 'taken')).error.data).to.deep.equal([
        { field: '', type: 'schema', message: 'It is taken.' },
      ]);
      expect((await ask(client, 'many', ['a', 'b'])).result).to.deep.equal([['a'], ['b']]);
      const { error } = await ask(client, 'many', ['a', 'taken', 'b', 'taken']);
      expect(error.data.map(({ field }: any) => field)).to.deep.equal(['1', '3']);
    });

    it('is asked of many items at once, but not of all', async () => {
      let [running, most] = [0, 0];
      validate = async (value) => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setImmediate(resolve));
        running--;
        return { value };
      };
      const items = Array.from({ length: 1000 }, (_, i) => i);
      expect((await ask(client, 'many', items)).result).to.deep.equal(items);
      expect(most).to.equal(100);
    });

    it('names fields by whatever path it gives', async () => {
      validate = () => ({
        issues: [
          { message: 'a', path: ['list', 0, { key: 'name' }] },
          { message: 'b', path: [{ key: Symbol('s') }], code: 'CODE' },
          { message: 'c', path: [], type: 'kind', expected: { deep: 1 }, actual: 1n },
          { message: 'd', path: undefined, code: 7, expected: 'x', received: 'y' },
        ],
      });
      expect((await ask(client, 'one', 1)).error.data).to.deep.equal([
        { field: 'list.0.name', type: 'schema', message: 'a' },
        { field: 'Symbol(s)', type: 'CODE', message: 'b' },
        { field: '', type: 'kind', message: 'c' },
        { field: '', type: 'schema', message: 'd', expected: 'x', actual: 'y' },
      ]);
    });

    it('tells 100 problems', async () => {
      validate = () => ({ issues: Array.from({ length: 10_000 }, () => ({ message: 'no' })) });
      expect((await ask(client, 'one', 1)).error.data).to.have.length(100);
      expect((await ask(client, 'many', [1, 2, 3])).error.data).to.have.length(100);
    });

    it('is masked where it fails, and ends nothing', async () => {
      const secret = new Error('secret');
      const failures: ((value: unknown) => unknown)[] = [
        () => {
          throw secret;
        },
        () => {
          throw 'secret';
        },
        () => Promise.reject(secret),
        () => Promise.reject(null),
        () => undefined,
        () => Promise.resolve(undefined),
        () => ({ issues: 'secret' }),
        () => ({ issues: [null] }),
        () => ({
          get issues(): never {
            throw secret;
          },
        }),
      ];
      const acks = acksOn(client);
      for (const fail of failures) {
        for (const event of ['one', 'many']) {
          validate = fail;
          const { error } = await ask(client, event, [1, 2]);
          expect(error).to.deep.equal(expectedMask(error.data.requestID));
        }
      }
      expect(acks).to.have.length(2 * failures.length);
      expect(runs).to.equal(0);
      expect(logger.errors).to.have.length(2 * failures.length);
      // One item fails while others are still waited for.
      validate = (value) => {
        if (value === 2) throw secret;
        return Promise.reject(secret);
      };
      expect((await ask(client, 'many', [1, 2, 3])).error.code).to.equal(500);
    });
  });

  it('that are none are found when the class is compiled', () => {
    class BrokenGateway extends SocketGateway {
      @SocketEvent('a', { payload: { '~standard': { version: 1, vendor: 'x' } } as never })
      a() {
        return 1;
      }
      @SocketEvent('b', { payload: { '~standard': null } as never })
      b() {
        return 1;
      }
      @SocketEvent('c', { payload: [{ type: 'string' }] as never })
      c() {
        return 1;
      }
    }
    SocketNamespace('/x')(BrokenGateway);
    const noSchema =
      "the payload has '~standard' and no function validate in it: it is no schema of the Standard Schema kind";
    expect(problemsOf(BrokenGateway)).to.deep.equal([
      `BrokenGateway.a: ${noSchema}`,
      `BrokenGateway.b: ${noSchema}`,
      'BrokenGateway.c: the payload must be a class, a schema, or an array of one of them, not object',
    ]);
  });
});
