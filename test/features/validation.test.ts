import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDate,
  IsEmail,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Max,
  Min,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import { expect } from 'chai';
import {
  Ctx,
  MessageBody,
  OnBeforeCall,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ask, connect, start, type Client } from '../support/run-in-memory';
import { shareGateway } from '../support/run-in-memory';

const settings = { port: 0 };

class Author {
  @Length(2, 10)
  name!: string;
  @IsOptional()
  @IsEmail()
  email?: string;
}

class Item {
  @IsString()
  title!: string;
  @IsInt()
  @Min(0)
  @Max(10)
  price!: number;
}

class Article {
  @Length(1, 20)
  title!: string;
  @ValidateNested()
  @Type(() => Author)
  author!: Author;
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(2)
  @ValidateNested({ each: true })
  @Type(() => Item)
  items?: Item[];

  shout(): string {
    return this.title.toUpperCase();
  }
}

class Appointment {
  @IsDate()
  @Type(() => Date)
  at!: Date;
  @IsOptional()
  @Transform(({ value }) => String(value).trim())
  @IsString()
  note?: string;
}

/** Whether a promise says so. */
function IsFree() {
  return (target: object, propertyName: string) =>
    registerDecorator({
      name: 'isFree',
      target: target.constructor,
      propertyName,
      async: true,
      validator: {
        validate: async (value: unknown) => {
          if (value === 'broken') throw new Error('secret');
          return value !== 'taken';
        },
        defaultMessage: () => 'The name is taken.',
      },
    });
}

class Registration {
  @IsFree()
  name!: string;
}

const fields = (error: any): [string, string][] => error.data.map(({ field, type }: any) => [field, type]);

describe('validation', () => {
  let got: unknown[];
  let client: Client;

  @SocketNamespace('/x', { settings })
  class ValidatingGateway extends SocketGateway {
    @OnBeforeCall()
    before() {
      got.push('before');
    }
    @SocketEvent()
    article(@MessageBody() article: Article, @Ctx() ctx: SocketContext) {
      got.push(article, ctx.params);
      return article.shout();
    }
    @SocketEvent('byOption', { payload: Article })
    byOption(ctx: SocketContext<Article>) {
      got.push(ctx.params);
      return ctx.params.shout();
    }
    @SocketEvent('items', { payload: [Item] })
    items(@MessageBody() items: Item[]) {
      got.push(items);
      return items.length;
    }
    @SocketEvent()
    two(@MessageBody(0) author: Author, @MessageBody(1) item: Item) {
      got.push(author, item);
    }
    @SocketEvent()
    date(@MessageBody() date: Date) {
      got.push(date);
    }
    @SocketEvent()
    buffer(@MessageBody() bytes: Buffer) {
      got.push(bytes);
    }
    @SocketEvent()
    string(@MessageBody() value: string) {
      got.push(value);
    }
    @SocketEvent()
    number(@MessageBody() value: number) {
      got.push(value);
    }
    @SocketEvent()
    boolean(@MessageBody() value: boolean) {
      got.push(value);
    }
    @SocketEvent('numbers', { payload: [Number] })
    numbers(@MessageBody() value: number[]) {
      got.push(value);
    }
    @SocketEvent()
    untyped(@MessageBody({ unchecked: true }) value: any) {
      got.push(value);
    }
    @SocketEvent()
    object(@MessageBody({ unchecked: true }) value: object) {
      got.push(value);
    }
    @SocketEvent()
    array(@MessageBody({ unchecked: true }) value: unknown[]) {
      got.push(value);
    }
    @SocketEvent()
    appointment(@MessageBody() value: Appointment) {
      got.push(value);
    }
    @SocketEvent()
    register(@MessageBody() value: Registration) {
      got.push(value);
    }
    @SocketEvent()
    sell(@MessageBody(0) buyer: Registration, @MessageBody(1) item: Item, @MessageBody(2) author: Author) {
      got.push(buyer, item, author);
    }
  }

  const validating = shareGateway(ValidatingGateway);
  beforeEach(async () => {
    got = [];
    client = await connect(await validating());
  });

  /** What the handler got, without what the hook noted. */
  async function valid(event: string, ...args: unknown[]): Promise<any> {
    got = [];
    const { error } = await ask(client, event, ...args);
    expect(error, JSON.stringify(args)).to.equal(null);
    expect(got.shift()).to.equal('before');
    return got[0];
  }
  async function invalid(event: string, ...args: unknown[]): Promise<any> {
    got = [];
    const { error, result } = await ask(client, event, ...args);
    expect(error, JSON.stringify(args)).to.include({
      name: 'ValidationError',
      code: 422,
      type: 'VALIDATION_ERROR',
    });
    expect(result).to.equal(undefined);
    expect(got, 'neither hooks nor the handler are run').to.deep.equal([]);
    expect(error).to.have.keys('name', 'message', 'code', 'type', 'data');
    for (const entry of error.data) {
      expect(entry).to.include.keys('field', 'type', 'message');
      expect(Object.keys(entry)).to.satisfy((keys: string[]) =>
        keys.every((key) => ['field', 'type', 'message', 'expected', 'actual'].includes(key)),
      );
    }
    return error;
  }

  const author = { name: 'Ada' };

  describe('of a class', () => {
    it('gives the handler an instance', async () => {
      const article = await valid('article', { title: 'Hello', author, items: [{ title: 'a', price: 1 }] });
      expect(article).to.be.instanceOf(Article);
      expect(article.author).to.be.instanceOf(Author);
      expect(article.items[0]).to.be.instanceOf(Item);
      expect(got[1], 'ctx.params is the same').to.equal(article);
      expect((await ask(client, 'article', { title: 'Hello', author })).result).to.equal('HELLO');
    });

    it('may be said in the option payload', async () => {
      expect(await valid('byOption', { title: 'Hello', author })).to.be.instanceOf(Article);
      await invalid('byOption', { title: '', author });
    });

    it('says what is wrong, by field', async () => {
      const error = await invalid('article', {
        title: '',
        author: { name: 'A', email: 'no' },
        items: [
          { title: 5, price: 11 },
          { title: 'b', price: 1 },
        ],
      });
      expect(fields(error)).to.have.deep.members([
        ['title', 'isLength'],
        ['author.name', 'isLength'],
        ['author.email', 'isEmail'],
        ['items.0.title', 'isString'],
        ['items.0.price', 'max'],
      ]);
      const email = error.data.find(({ field }: any) => field === 'author.email');
      expect(email.message).to.equal('email must be an email');
      expect(email.actual).to.equal('no');
    });

    it('says everything that is wrong with one field', async () => {
      const error = await invalid('items', [{ title: 'a', price: 'much' }]);
      expect(fields(error)).to.deep.include(['0.price', 'isInt']).and.to.deep.include(['0.price', 'max']);
    });

    it('drops what the class does not declare, at every level', async () => {
      const article = await valid('article', {
        title: 'Hello',
        author: { name: 'Ada', admin: true },
        admin: true,
      });
      expect(article).not.to.have.property('admin');
      expect(article.author).not.to.have.property('admin');
    });

    it('is refused where the payload is no object', async () => {
      for (const payload of [undefined, null, 'text', 5, true, [], [{ title: 'Hello', author }]]) {
        const error = await invalid('article', ...(payload === undefined ? [] : [payload]));
        expect(error.data).to.have.length(1);
        expect(error.data[0]).to.include({ field: '', expected: 'object' });
      }
      for (const nested of [null, 'text', 5]) await invalid('article', { title: 'Hello', author: nested });
    });

    it('is refused where the payload is binary', async () => {
      await invalid('article', Buffer.from('abc'));
    });

    it('is no way into prototypes', async () => {
      const payload = JSON.parse(
        '{"title":"Hello","author":{"name":"Ada","__proto__":{"polluted":1}},"__proto__":{"shout":1,"polluted":1},"constructor":{"prototype":{"polluted":1}}}',
      );
      const article = await valid('article', payload);
      expect(article).to.be.instanceOf(Article);
      expect(Object.keys(article)).to.have.members(['author', 'items', 'title']);
      expect(({} as any).polluted).to.equal(undefined);
      expect((Article.prototype as any).polluted).to.equal(undefined);
    });

    it('cannot have its methods replaced', async () => {
      const article = await valid('article', { title: 'Hello', author, shout: 'mine' });
      expect(article.shout()).to.equal('HELLO');
    });

    it('may change what it gets', async () => {
      const appointment = await valid('appointment', { at: '2030-01-01T00:00:00.000Z', note: ' tea ' });
      expect(appointment.at).to.be.instanceOf(Date);
      expect(appointment.at.toISOString()).to.equal('2030-01-01T00:00:00.000Z');
      expect(appointment.note).to.equal('tea');
      expect(fields(await invalid('appointment', { at: 'tomorrow' }))).to.deep.equal([['at', 'isDate']]);
    });

    it('may be asked of a promise', async () => {
      await valid('register', { name: 'free' });
      const error = await invalid('register', { name: 'taken' });
      expect(error.data).to.deep.equal([
        { field: 'name', type: 'isFree', message: 'The name is taken.', actual: 'taken' },
      ]);
      const { error: broken } = await ask(client, 'register', { name: 'broken' });
      expect(broken).to.include({ code: 500, name: 'InternalServerError' });
      expect(JSON.stringify(broken)).not.to.include('secret');
    });

    it('is checked for each argument', async () => {
      await valid('two', author, { title: 'a', price: 1 });
      expect(got[0]).to.be.instanceOf(Author);
      expect(got[1]).to.be.instanceOf(Item);
      await invalid('two', author, { title: 'a', price: 11 });
      await invalid('two', author);
      await invalid('two', {}, { title: 'a', price: 1 });
    });

    it('is checked for each argument after one that is asked of a promise', async () => {
      const buyer = { name: 'free' };
      const item = { title: 'a', price: 1 };
      await valid('sell', buyer, { ...item, extra: 1 }, author);
      expect(got).to.deep.equal([
        Object.assign(new Registration(), buyer),
        Object.assign(new Item(), item),
        Object.assign(new Author(), author),
      ]);
      const dear = await invalid('sell', buyer, { ...item, price: 11 }, author);
      expect(dear.data).to.deep.equal([
        {
          field: 'price',
          type: 'max',
          message: 'price must not be greater than 10',
          expected: 10,
          actual: 11,
        },
      ]);
      const nameless = await invalid('sell', buyer, item, { name: 'A' });
      expect(fields(nameless)).to.deep.equal([['name', 'isLength']]);
      const taken = await invalid('sell', { name: 'taken' }, { ...item, price: 11 }, author);
      expect(fields(taken)).to.deep.equal([['name', 'isFree']]);
    });
  });

  describe('of an array of a class', () => {
    it('gives the handler instances', async () => {
      const items = await valid('items', [
        { title: 'a', price: 1 },
        { title: 'b', price: 2 },
      ]);
      expect(items).to.have.length(2);
      for (const item of items) expect(item).to.be.instanceOf(Item);
      expect(await valid('items', [])).to.deep.equal([]);
    });

    it('says which item is wrong', async () => {
      const error = await invalid('items', [
        { title: 'a', price: 1 },
        { title: 5, price: 2 },
        { title: 'c', price: -1 },
        'text',
        null,
      ]);
      expect(fields(error)).to.deep.equal([
        ['1.title', 'isString'],
        ['2.price', 'min'],
        ['3', 'object'],
        ['4', 'object'],
      ]);
    });

    it('is refused where the payload is no array', async () => {
      for (const payload of [undefined, null, {}, { length: 1, 0: { title: 'a', price: 1 } }, 'text']) {
        const error = await invalid('items', ...(payload === undefined ? [] : [payload]));
        expect(error.data[0]).to.include({ field: '', expected: 'array' });
      }
    });

    it('works for primitives', async () => {
      expect(await valid('numbers', [1, 2])).to.deep.equal([1, 2]);
      expect(fields(await invalid('numbers', [1, '2', null]))).to.deep.equal([
        ['1', 'number'],
        ['2', 'number'],
      ]);
    });
  });

  const kinds: Record<string, { good: unknown[]; bad: unknown[] }> = {
    string: { good: ['', 'text'], bad: [5, true, null, {}, [], ['text']] },
    number: { good: [0, -1.5], bad: ['5', true, null, {}, []] },
    boolean: { good: [true, false], bad: ['true', 1, 0, null, {}, []] },
  };
  for (const [kind, { good, bad }] of Object.entries(kinds)) {
    it(`of a ${kind} converts nothing`, async () => {
      for (const value of good) expect(await valid(kind, value)).to.equal(value);
      for (const value of bad) {
        const error = await invalid(kind, value);
        expect(error.data).to.have.length(1);
        expect(error.data[0]).to.include({ field: '', type: kind, expected: kind });
      }
      await invalid(kind);
    });
  }

  it('of a Date takes what JSON makes of one', async () => {
    const at = new Date(86_400_000);
    for (const value of [at, at.toISOString(), at.getTime()]) {
      const date = await valid('date', value);
      expect(date).to.be.instanceOf(Date);
      expect(date.getTime()).to.equal(at.getTime());
    }
    for (const value of ['tomorrow', null, {}, [], true, 1e300]) await invalid('date', value);
    await invalid('date');
  });

  it('of a Buffer takes binary data', async () => {
    expect(await valid('buffer', Buffer.from('abc'))).to.deep.equal(Buffer.from('abc'));
    for (const value of ['abc', null, {}, [1], { type: 'Buffer', data: [1] }]) await invalid('buffer', value);
  });

  it('of a type that says nothing lets everything pass as it came', async () => {
    for (const event of ['untyped', 'object', 'array']) {
      for (const value of [1, 'text', null, { a: { b: 1 } }, [1], Buffer.from('abc')]) {
        expect(await valid(event, value), event).to.deep.equal(value);
      }
      expect(await valid(event)).to.equal(undefined);
    }
  });

  it('takes the options of the gateway', async () => {
    @SocketNamespace('/x', { settings, validation: { whitelist: true, forbidNonWhitelisted: true } })
    class StrictGateway extends SocketGateway {
      @SocketEvent()
      author(@MessageBody() value: Author) {
        return value.name;
      }
    }
    const strict = await connect(await start(StrictGateway));
    const { error } = await ask(strict, 'author', { name: 'Ada', admin: true });
    expect(fields(error)).to.deep.equal([['admin', 'whitelistValidation']]);
    expect((await ask(strict, 'author', author)).result).to.equal('Ada');
  });

  it("is checked by Moleculer's validator as well, where there are params", async () => {
    @SocketNamespace('/x', { settings })
    class BothGateway extends SocketGateway {
      @SocketEvent('author', { params: { name: { type: 'string', uppercase: true }, $$strict: false } })
      author(@MessageBody() value: Author) {
        return [value.name, value instanceof Author];
      }
    }
    const both = await connect(await start(BothGateway));
    expect((await ask(both, 'author', author)).result).to.deep.equal(['ADA', true]);
    expect((await ask(both, 'author', { name: 'A' })).error.code).to.equal(422);
  });

  it('holds without a socket too', async () => {
    const running = await validating();
    expect(await running.gateway.actions['article']!({ title: 'Hello', author })).to.equal('HELLO');
    let error: any;
    await running.gateway.actions['article']!({ title: '', author }).catch(
      (thrown: unknown) => (error = thrown),
    );
    expect(error).to.include({ name: 'ValidationError', code: 422 });
  });

  it('does not mix up many clients at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        ask(client, 'article', { title: `t${i}`, author: { name: i % 2 ? 'Ada' : '?' } }),
      ),
    );
    answers.forEach(({ error, result }, i) => {
      if (i % 2) expect(result).to.equal(`T${i}`);
      else expect(error.code).to.equal(422);
    });
  });
});
