import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  Equals,
  IsEmail,
  IsEnum,
  IsIn,
  IsInstance,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxDate,
  Min,
  MinLength,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import { expect } from 'chai';
import {
  type ActionProxy,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ValidationOptions,
} from '../../src';
import { ask, connect, newBroker, start, type Client } from '../support/run-in-memory';
import { startClock, stopClock } from '../support/stop-clock';

const settings = { port: 0 };

enum Colour {
  Red = 'red',
  Blue = 'blue',
}

class Author {
  @IsString()
  name!: string;
  @IsInt()
  @Min(18)
  age!: number;
}

class Article {
  @MinLength(3)
  title!: string;
  @ValidateNested()
  @Type(() => Author)
  author!: Author;
  @IsOptional()
  @ValidateNested({ each: true })
  @Type(() => Author)
  readers?: Author[];
}

/** The same in the words of Moleculer's validator. */
const params = {
  title: { type: 'string', min: 3 },
  author: { type: 'object', props: { name: 'string', age: { type: 'number', integer: true, min: 18 } } },
  readers: {
    type: 'array',
    optional: true,
    items: { type: 'object', props: { name: 'string', age: 'number' } },
  },
};

const isSecret = (target: object, propertyName: string) => {
  registerDecorator({
    name: 'isSecret',
    target: target.constructor,
    propertyName,
    constraints: ['table of secrets'],
    validator: { validate: () => false, defaultMessage: () => 'no' },
  });
};

class Everything {
  @IsOptional() @Length(2, 10) length?: string;
  @IsOptional() @Length(2) atLeast?: string;
  @IsOptional() @Max(10) max?: number;
  @IsOptional() @IsIn(['a', 'b']) in?: string;
  @IsOptional() @IsIn(Array.from({ length: 50 }, (_, i) => i)) inMany?: number;
  @IsOptional() @IsEnum(Colour) enum?: Colour;
  @IsOptional() @Matches(/^[a-z]+$/) matches?: string;
  @IsOptional() @Matches(/secret/, { message: 'Wrong.' }) hidden?: string;
  @IsOptional() @Max(10, { message: 'Too much.' }) tooMuch?: number;
  @IsOptional() @MaxDate(new Date(0)) @Type(() => Date) date?: Date;
  @IsOptional() @IsEmail({ host_blacklist: ['secret.example'] }) email?: string;
  @IsOptional() @IsInstance(Author) instance?: object;
  @IsOptional() @Equals(null) equals?: null;
  @IsOptional() @ArrayMaxSize(1) list?: unknown[];
  @IsOptional() @isSecret secret?: string;
  @IsOptional() @Min(1) @Matches(/a/) @Matches(/b/) twice?: string;
}

describe('validation errors', () => {
  let client: Client;

  @SocketNamespace('/x', { settings })
  class ArticleGateway extends SocketGateway {
    @SocketEvent()
    byClass(@MessageBody() _article: Article) {
      return 1;
    }
    @SocketEvent('byParams', { params })
    byParams() {
      return 1;
    }
    @SocketEvent({ whitelist: ['articles.*'] })
    call!: ActionProxy;
    @SocketEvent('list', { payload: [Author] })
    list(@MessageBody() authors: Author[]) {
      return authors.length;
    }
    @SocketEvent()
    everything(@MessageBody() _body: Everything) {
      return 1;
    }
    @SocketEvent('strict', { params: { $$strict: true, a: 'any' } })
    strict() {
      return 1;
    }
  }
  const articles = { name: 'articles', actions: { create: { params, handler: () => 1 } } };

  beforeEach(async () => {
    client = await connect(await start([ArticleGateway, articles]));
  });

  async function problemsOf(event: string, ...args: unknown[]): Promise<any[]> {
    const { error } = await ask(client, event, ...args);
    expect(error).to.include({
      name: 'ValidationError',
      message: 'Parameters validation error!',
      code: 422,
      type: 'VALIDATION_ERROR',
    });
    expect(error).to.have.keys('name', 'message', 'code', 'type', 'data');
    for (const problem of error.data) {
      expect(problem).to.include.keys('field', 'type', 'message');
      expect(['field', 'type', 'message', 'expected', 'actual']).to.include.members(Object.keys(problem));
    }
    return error.data;
  }

  describe('look the same', () => {
    const wrong = { title: 'A', author: { name: 5, age: 20 } };

    it('whether a class or params found them', async () => {
      const [byClass, byParams, proxied] = [
        await problemsOf('byClass', wrong),
        await problemsOf('byParams', wrong),
        await problemsOf('call', 'articles.create', wrong),
      ];
      expect(byClass).to.deep.equal([
        {
          field: 'title',
          type: 'minLength',
          message: 'title must be longer than or equal to 3 characters',
          expected: 3,
          actual: 'A',
        },
        { field: 'author.name', type: 'isString', message: 'name must be a string', actual: 5 },
      ]);
      expect(byParams).to.deep.equal([
        {
          field: 'title',
          type: 'stringMin',
          message: "The 'title' field length must be greater than or equal to 3 characters long.",
          expected: 3,
          actual: 1,
        },
        {
          field: 'author.name',
          type: 'string',
          message: "The 'author.name' field must be a string.",
          actual: 5,
        },
      ]);
      expect(proxied).to.deep.equal(byParams);
    });

    it('where the action runs on another node', async () => {
      const far = newBroker(articles, { transporter: 'Fake', nodeID: 'far' });
      await far.start();
      const running = await start(ArticleGateway, { transporter: 'Fake', nodeID: 'near' });
      await running.broker.waitForServices('articles');
      client = await connect(running);
      expect((await problemsOf('call', 'articles.create', wrong)).map(({ field }) => field)).to.deep.equal([
        'title',
        'author.name',
      ]);
    });
  });

  describe('tell what was expected', () => {
    const cases: [keyof Everything, unknown, object][] = [
      ['length', 'x', { type: 'isLength', expected: [2, 10], actual: 'x' }],
      ['atLeast', 'x', { type: 'isLength', expected: 2, actual: 'x' }],
      ['max', 11, { type: 'max', expected: 10, actual: 11 }],
      ['in', 'c', { type: 'isIn', expected: ['a', 'b'], actual: 'c' }],
      ['inMany', 77, { type: 'isIn', actual: 77 }],
      ['enum', 'green', { type: 'isEnum', expected: ['red', 'blue'], actual: 'green' }],
      ['matches', 'A', { type: 'matches', expected: '/^[a-z]+$/', actual: 'A' }],
      ['hidden', 'A', { type: 'matches', actual: 'A' }],
      ['tooMuch', 11, { type: 'max', expected: 10, actual: 11 }],
      ['date', '2030-01-01', { type: 'maxDate', expected: '1970-01-01T00:00:00.000Z' }],
      ['email', 'x', { type: 'isEmail', actual: 'x' }],
      ['instance', { secret: 1 }, { type: 'isInstance' }],
      ['equals', 5, { type: 'equals', expected: null, actual: 5 }],
      ['list', [1, 2], { type: 'arrayMaxSize', expected: 1 }],
      ['secret', 'x', { type: 'isSecret', actual: 'x' }],
    ];
    for (const [field, value, expected] of cases) {
      it(field, async () => {
        const [{ message: _message, ...problem }] = (await problemsOf('everything', { [field]: value })) as [
          any,
        ];
        expect(problem).to.deep.equal({ field, ...expected });
      });
    }

    it('where it is clear which constraint failed', async () => {
      const problems = await problemsOf('everything', { twice: 'c' });
      expect(problems.map(({ type, expected }) => [type, expected])).to.deep.equal([
        ['matches', undefined],
        ['min', 1],
      ]);
    });

    it('without what the options keep back', async () => {
      const start1 = async (validation: ValidationOptions) => {
        @SocketNamespace('/x', { settings, validation })
        class OtherGateway extends SocketGateway {
          @SocketEvent()
          everything(@MessageBody() _body: Everything) {
            return 1;
          }
        }
        client = await connect(await start(OtherGateway));
        return problemsOf('everything', { matches: 'A', max: 11 });
      };
      expect(await start1({ validationError: { value: false, target: false } })).to.deep.equal([
        { field: 'max', type: 'max', message: 'max must not be greater than 10', expected: 10 },
        {
          field: 'matches',
          type: 'matches',
          message: 'matches must match /^[a-z]+$/ regular expression',
          expected: '/^[a-z]+$/',
        },
      ]);
      expect(await start1({ dismissDefaultMessages: true })).to.deep.equal([
        { field: 'max', type: 'max', message: '', expected: 10, actual: 11 },
        { field: 'matches', type: 'matches', message: '', actual: 'A' },
      ]);
    });
  });

  describe('are bounded', () => {
    afterEach(startClock);

    const long = 'x'.repeat(500_000);
    const sizeOf = (problems: unknown) => JSON.stringify(problems).length;

    it('where a value is long', async () => {
      for (const [event, ...args] of [
        ['byClass', { title: 'Title', author: { name: 'Ada', age: long } }],
        ['byParams', { title: 'Title', author: { name: 'Ada', age: long } }],
        ['call', 'articles.create', { title: 'Title', author: { name: 'Ada', age: long } }],
        ['byParams', { title: 'Title', author: long }],
        ['byParams', { title: { deep: long }, author: { name: 'Ada', age: 18 } }],
      ] as [string, ...unknown[]][]) {
        const problems = await problemsOf(event, ...args);
        expect(sizeOf(problems), event).to.be.lessThan(2000);
        for (const { actual } of problems) expect(String(actual ?? '').length).to.be.at.most(101);
      }
      const [problem] = await problemsOf('everything', { matches: `${'x'.repeat(99)}Y${long}` });
      expect(problem.actual).to.equal(`${'x'.repeat(99)}Y…`);
    });

    it('where a name is long', async () => {
      @SocketNamespace('/x', { settings, validation: { whitelist: true, forbidNonWhitelisted: true } })
      class StrictGateway extends SocketGateway {
        @SocketEvent()
        author(@MessageBody() _author: Author) {
          return 1;
        }
      }
      const problems = await problemsOf('strict', { a: 1, [long]: 1 });
      expect(sizeOf(problems)).to.be.lessThan(2000);
      client = await connect(await start(StrictGateway));
      const [problem, ...others] = await problemsOf('author', { name: 'Ada', age: 18, [long]: 1 });
      expect(others).to.deep.equal([]);
      expect(problem.type).to.equal('whitelistValidation');
      expect(sizeOf(problem)).to.be.lessThan(2000);
    });

    it('where there are many: 100 are told, and the others not looked for', async () => {
      stopClock();
      // Fewer than the 20,000 errors after which Moleculer's validator is stopped.
      const authors = Array.from({ length: 9000 }, () => ({ name: 5, age: 'x' }));
      const article = { title: 'Title', author: { name: 'Ada', age: 18 }, readers: authors };
      for (const [event, ...args] of [
        ['list', authors],
        ['byClass', article],
        ['byParams', article],
        ['call', 'articles.create', article],
      ] as [string, ...unknown[]][]) {
        const problems = await problemsOf(event, ...args);
        expect(problems, event).to.have.length(100);
        expect(sizeOf(problems), event).to.be.lessThan(30_000);
      }
    });

    it('with the first problems of an array in order', async () => {
      const authors = Array.from({ length: 300 }, (_, i) => ({ name: i % 2 ? 'Ada' : 5, age: 18 }));
      const problems = await problemsOf('list', authors);
      expect(problems.map(({ field }) => field)).to.deep.equal(
        Array.from({ length: 100 }, (_, i) => `${2 * i}.name`),
      );
    });
  });

  it('name the object where a nested class has no constraints', async () => {
    class Bare {
      @ValidateNested()
      inner!: object;
    }
    @SocketNamespace('/x', { settings })
    class BareGateway extends SocketGateway {
      @SocketEvent()
      bare(@MessageBody() _bare: Bare) {
        return 1;
      }
    }
    client = await connect(await start(BareGateway));
    expect(await problemsOf('bare', { inner: { a: 1 } })).to.deep.equal([
      {
        field: 'inner',
        type: 'unknownValue',
        message: 'an unknown value was passed to the validate function',
      },
    ]);
  });
});
