import { ClassTransformer, Type } from 'class-transformer';
import {
  Allow,
  ArrayUnique,
  getMetadataStorage,
  IsInt,
  IsOptional,
  IsString,
  Min,
  registerDecorator,
  useContainer,
  Validate,
  ValidateNested,
  ValidatorConstraint,
} from 'class-validator';
import { expect } from 'chai';
import sinon from 'sinon';
import type { ValidationOptions } from '../../src';
import { checkClass } from '../../src/validation/check-class';
import { byLibraries } from './by-libraries';
import { outcomeOf } from './outcomes';
import { EXAMPLES } from './readme-classes';

type Class = new () => object;

const options: ValidationOptions = { whitelist: true };

/** Compares a check with the libraries, payload by payload, and gives what came out. */
async function agree(type: Class, payloads: () => readonly object[], given: ValidationOptions = options) {
  const check = checkClass(type, given);
  const outcomes = [];
  const [ours, theirs] = [payloads(), payloads()];
  for (const [i, payload] of ours.entries()) {
    const got = await outcomeOf(payload, () => check(payload));
    const expected = await outcomeOf(theirs[i], () => byLibraries(type, theirs[i]!, given));
    expect(got.shown, `payload ${i}`).to.equal(expected.shown);
    outcomes.push(got);
  }
  return outcomes;
}

describe('the compiled check of', () => {
  for (const { title, type, payloads, options: given, isCompiled } of EXAMPLES) {
    it(`${title} agrees with the libraries`, async () => {
      const outcomes = await agree(type, payloads, given);
      const valid = outcomes.filter(({ isValid }) => isValid);
      expect(valid.filter(({ isImmediate }) => isImmediate)).to.have.length(isCompiled ? valid.length : 0);
    });
  }
});

describe('the compiled check', () => {
  afterEach(() => {
    sinon.restore();
  });

  class Author {
    @IsString()
    name!: string;
  }
  class Article {
    @IsInt()
    @Min(0)
    id!: number;
    @ValidateNested()
    @Type(() => Author)
    author!: Author;
  }
  const article = () => ({ id: 1, author: { name: 'Ada', extra: 1 }, extra: 'x' });

  it('asks neither library about a valid payload, and reads no metadata', () => {
    const check = checkClass(Article, options);
    check(article());
    const storage = getMetadataStorage();
    const calls = [
      sinon.spy(ClassTransformer.prototype, 'plainToInstance'),
      sinon.spy(storage, 'getTargetValidationMetadatas'),
      sinon.spy(storage, 'getTargetValidatorConstraints'),
      sinon.spy(Reflect, 'getMetadata'),
      sinon.spy(Promise.prototype, 'then'),
    ];
    for (let i = 0; i < 10; i++) expect(check(article())).to.be.instanceOf(Article);
    expect(calls.map(({ callCount }) => callCount)).to.deep.equal([0, 0, 0, 0, 0]);
  });

  it('is compiled once for a class and its options', () => {
    const read = sinon.spy(getMetadataStorage(), 'getTargetValidationMetadatas');
    const own = { ...options };
    checkClass(Article, own)(article());
    const reads = read.callCount;
    expect(reads).to.be.greaterThan(0);
    for (let i = 0; i < 3; i++) checkClass(Article, own)(article());
    expect(read.callCount).to.equal(reads);
    checkClass(Article, { ...options })(article());
    expect(read.callCount).to.be.greaterThan(reads);
  });

  it('is compiled with the first payload, when all classes are there', () => {
    class Late {
      @ValidateNested()
      @Type(() => inner)
      inner!: object;
    }
    const check = checkClass(Late, options);
    const inner = Author;
    const made = check({ inner: { name: 'Ada' } }) as Late;
    expect(made.inner).to.be.instanceOf(Author);
  });

  it('leaves the payload as it is, and keeps nothing of it', () => {
    const check = checkClass(Article, {});
    const payload = { ...article(), deep: { list: [{ a: 1 }] } };
    const before = structuredClone(payload);
    const made = check(payload) as typeof payload;
    expect(payload).to.deep.equal(before);
    made.deep.list.push({ a: 2 });
    expect(payload).to.deep.equal(before);
  });

  it('strips after the constraints that look into an object, as class-validator does', async () => {
    class Named {
      @IsString()
      name!: string;
    }
    class Outer {
      @ArrayUnique((one: { key?: string; name: string }) => one.key ?? one.name)
      @ValidateNested({ each: true })
      @Type(() => Named)
      list!: Named[];
    }
    const [, twice] = await agree(Outer, () => [
      { list: [{ name: 'a' }, { name: 'b' }] },
      {
        list: [
          { name: 'a', key: 'same' },
          { name: 'b', key: 'same' },
        ],
      },
      { list: [{ name: 'a', other: 'same' }] },
    ]);
    expect(twice!.isValid).to.equal(false);
  });

  it('checks an instance as what it is, which the constructor decides', async () => {
    class Editor extends Author {
      @IsInt()
      rank!: number;
    }
    class Paper {
      @ValidateNested()
      @Type(() => Author)
      author: Author = Object.assign(new Editor(), { name: 'Ada' });
    }
    class Disguised {
      @IsString()
      name!: string;
      constructor() {
        return Object.assign(new Editor(), { rank: 'none' });
      }
    }
    const [missing, given] = await agree(Paper, () => [{}, { author: { name: 'Ada' } }]);
    expect([missing!.isValid, given!.isValid]).to.deep.equal([false, true]);
    expect((await agree(Disguised, () => [{ name: 'Ada' }]))[0]!.isValid).to.equal(false);
    class Nameless {
      constructor() {
        Object.defineProperty(this, 'constructor', { value: undefined });
      }
    }
    class Unchecked {
      @Allow()
      @Type(() => Nameless)
      inner!: object;
    }
    await agree(Unchecked, () => [{ inner: { a: 1 } }, { inner: {} }]);
  });

  it('agrees about fields that are functions, sets, and of a class that changes', async () => {
    let current: Class = Author;
    class Odd {
      @Allow()
      @IsOptional()
      call: unknown = () => 1;
      @IsOptional()
      @Type(() => Author)
      set?: Set<Author>;
      @IsOptional()
      @Type(() => current)
      one?: object;
    }
    const payloads = () => [
      { call: 5 },
      { set: [{ name: 'Ada' }] },
      { set: { name: 'Ada' } },
      { one: { name: 'Ada' } },
    ];
    const check = checkClass(Odd, options);
    check({ one: {} });
    for (current of [Author, Article]) {
      for (const [i, payload] of payloads().entries()) {
        const got = await outcomeOf(payload, () => check(payload));
        const other = payloads()[i]!;
        expect(got.shown).to.equal((await outcomeOf(other, () => byLibraries(Odd, other, options))).shown);
      }
    }
  });

  it('agrees about what only a caller in the process can send', async () => {
    class Own {
      id = 1;
      author = { name: 'Ada' };
    }
    const circle: Record<string, unknown> = article();
    circle['self'] = circle;
    const outcomes = await agree(Article, () => [
      new Own(),
      Object.assign(Object.create(null) as object, article()),
      Object.create(article()) as object,
      Object.freeze(article()),
      new Map([['id', 1]]),
      new Set([1]),
      Buffer.from('abc'),
      new Date(0),
      { ...article(), author: new Own() },
      { ...article(), [Symbol('id')]: 1 },
      { ...article(), then: (resolve: (value: unknown) => void) => resolve(1) },
      Object.defineProperty(article(), 'then', { value: (resolve: (value: unknown) => void) => resolve(1) }),
    ]);
    // An array with a hole in it.
    const sparse = (...items: unknown[]) => Object.assign([...items], { length: items.length + 1 });
    class Lists {
      @IsInt({ each: true })
      numbers: number[] = sparse(1) as number[];
      @IsOptional()
      @ValidateNested({ each: true })
      @Type(() => Author)
      authors?: Author[];
      @IsOptional()
      @Type(() => String)
      texts?: string[];
    }
    await agree(Lists, () => [
      {},
      { numbers: sparse(1, 2) },
      { numbers: [1], authors: sparse({ name: 'Ada' }) },
      { numbers: [1], texts: sparse(1) },
    ]);
    expect(outcomes[0]!.isValid).to.equal(true);
    // class-transformer overflows the stack, and so does a circle that would only be stripped.
    const { shown } = await outcomeOf(circle, () => checkClass(Article, options)(circle));
    expect(shown).to.equal('threw RangeError: Maximum call stack size exceeded');
  });

  it('agrees about keys that mean something to JavaScript', async () => {
    const hostile = [
      '{"id":1,"author":{"name":"Ada"},"__proto__":{"admin":true}}',
      '{"id":1,"author":{"name":"Ada","__proto__":{"admin":true}}}',
      '{"id":1,"author":{"name":"Ada"},"constructor":{"prototype":{"admin":true}}}',
      '{"id":1,"author":{"name":"Ada","constructor":1,"toString":1}}',
      '{"id":1,"author":{"name":"Ada"},"prototype":1,"hasOwnProperty":1}',
      '{"id":1,"author":{"name":"Ada"},"other":{"constructor":1}}',
      '{"id":1,"author":{"name":"Ada"},"other":{"toString":1,"then":1}}',
      '{"__proto__":{"id":1,"author":{"name":"Ada"}}}',
    ];
    for (const given of [options, {}, { ...options, forbidNonWhitelisted: true }])
      await agree(Article, () => hostile.map((text) => JSON.parse(text) as object), given);
    expect(({} as { admin?: boolean }).admin).to.equal(undefined);
  });

  describe("with the user's code", () => {
    const calls: string[] = [];
    let verdict: () => unknown = () => true;
    const note = (name: string) => (target: object, propertyName: string) =>
      registerDecorator({
        name,
        target: target.constructor,
        propertyName,
        validator: {
          validate: (value) => {
            calls.push(String(value));
            return verdict() as boolean;
          },
        },
      });
    class Noted {
      @note('noted')
      a!: string;
      @IsString()
      b!: string;
    }
    beforeEach(() => {
      calls.length = 0;
      verdict = () => true;
    });

    it('calls it once, whatever comes out', async () => {
      const check = checkClass(Noted, options);
      for (const payload of [
        { a: 'x', b: 'y' },
        { a: 'x', b: 5 },
      ]) {
        calls.length = 0;
        await outcomeOf(payload, () => check(payload));
        expect(calls).to.deep.equal(['x']);
      }
    });

    it('calls conditions', async () => {
      class Conditional {
        @IsString({ validateIf: () => calls.push('condition') > 1 })
        a!: string;
      }
      for (const payload of [{ a: 5 }, { a: 'x' }]) {
        calls.length = 0;
        const { isValid } = await outcomeOf(payload, () => checkClass(Conditional, options)(payload));
        expect([isValid, calls]).to.deep.equal([true, ['condition']]);
      }
    });

    it('rejects where it throws or rejects', async () => {
      for (const fail of [
        () => {
          throw new Error('secret');
        },
        () => Promise.reject(new Error('secret')),
      ]) {
        verdict = fail;
        const payload = { a: 'x', b: 'y' };
        expect((await outcomeOf(payload, () => checkClass(Noted, options)(payload))).shown).to.equal(
          'threw Error: secret',
        );
      }
    });

    it('leaves no rejection behind where one constraint throws and another rejects', async () => {
      class Both {
        @note('rejecting')
        a!: string[];
        @note('throwing')
        b!: string;
      }
      class Each {
        @IsString({ each: true })
        a!: string[];
      }
      registerDecorator({
        name: 'mixed',
        target: Each,
        propertyName: 'a',
        options: { each: true },
        validator: { validate: () => verdict() as boolean },
      });
      for (const type of [Both, Each]) {
        let asked = 0;
        verdict = () => {
          if (asked++ > 0) throw new Error('thrown');
          return Promise.reject(new Error('rejected'));
        };
        const payload = { a: ['x', 'y'], b: 'z' };
        const { shown } = await outcomeOf(payload, () => checkClass(type, options)(payload));
        expect(shown).to.equal('threw Error: thrown');
      }
      // An unhandled rejection would fail this test.
      await new Promise((resolve) => setImmediate(resolve));
    });

    it('knows it also under the name of a constraint of class-validator', async () => {
      class Named {
        @note('isString')
        a!: string;
      }
      registerDecorator({
        name: 'equals',
        target: Named,
        propertyName: 'b',
        constraints: ['a'],
        validator: { validate: (value, args) => value === (args!.object as Record<string, unknown>)['a'] },
      });
      await agree(Named, () => [
        { a: 'x', b: 'x' },
        { a: 'x', b: 'y' },
      ]);
      verdict = () => Promise.resolve(false);
      await agree(Named, () => [{ a: 'x', b: 'x' }]);
      verdict = () => Promise.reject(new Error('rejected'));
      await agree(Named, () => [{ a: 'x', b: 'x' }]);
    });

    it('takes constraints out of the container of the application', async () => {
      @ValidatorConstraint()
      class Injected {
        constructor(readonly allowed = 'nothing') {}
        validate(value: unknown) {
          return value === this.allowed;
        }
      }
      class Holder {
        @Validate(Injected)
        a!: string;
        @IsString()
        b!: string;
      }
      const get = (type: unknown) => (type === Injected ? new Injected('x') : undefined);
      useContainer({ get }, { fallback: true });
      try {
        const [valid, invalid] = await agree(Holder, () => [
          { a: 'x', b: 'y' },
          { a: 'nothing', b: 'y' },
        ]);
        expect([valid!.isValid, invalid!.isValid]).to.deep.equal([true, false]);
      } finally {
        useContainer(undefined as never);
      }
    });
  });
});
