import 'reflect-metadata';
import * as ct from 'class-transformer';
import * as cv from 'class-validator';
import fc from 'fast-check';
import { NAMES, ODD_NAMES, literal, type Recipe } from './generated-values';

/*
 * Classes as recipes: decorators are applied to them as TypeScript would, and what they call of the user's is logged.
 */

export type Class = new () => object;

/** Told of every call of the user's code. `isOdd` changes from one payload to the next. */
export type Log = string[] & { isOdd?: boolean };

/** What a class of a case is made with. */
interface Making {
  readonly classes: readonly Class[];
  readonly log: Log;
}

type Decorate = (target: object, name: string) => void;

/** A decorator of one property. */
export interface DecoratorRecipe {
  readonly shown: string;
  /** Classes with it are left to the libraries, as a whole or for some payloads. */
  readonly isOdd?: boolean;
  readonly decorate: (making: Making) => Decorate;
}

export interface PropertyRecipe {
  readonly name: string;
  readonly decorators: readonly DecoratorRecipe[];
  /** What is emitted as the type of the property. */
  readonly design: unknown;
  readonly field: 'none' | 'declared' | 'default' | 'function' | 'getter' | 'setter' | 'method';
  /** Values that may well be valid; `object` gives those of a nested class. */
  readonly likely: (object: fc.Arbitrary<Recipe>) => fc.Arbitrary<Recipe>;
}

export interface ClassRecipe {
  readonly properties: readonly PropertyRecipe[];
  /** Extends the next class of the case. */
  readonly extendsNext: boolean;
  readonly decorator: 'none' | 'Expose' | 'Exclude';
}

/** Makes the classes of a case; the first is the one that payloads are checked as. */
export function makeClasses(recipes: readonly ClassRecipe[], log: Log): Class[] {
  const classes: Class[] = [];
  for (let i = recipes.length - 1; i >= 0; i--) classes[i] = makeClass(recipes[i]!, i, classes, log);
  return classes;
}

function makeClass(recipe: ClassRecipe, index: number, classes: Class[], log: Log): Class {
  const Parent = (recipe.extendsNext && classes[index + 1]) || Object;
  const type = {
    [`C${index}`]: class extends Parent {
      constructor() {
        super();
        log.push(`new C${index}`);
        for (const { name, field } of recipe.properties) {
          if (field === 'none' || field === 'getter' || field === 'setter' || field === 'method') continue;
          const value = { declared: undefined, default: 'abc', function: () => 1 }[field];
          Object.defineProperty(this, name, { value, enumerable: true, configurable: true, writable: true });
        }
      }
    },
  }[`C${index}`] as Class;
  for (const { name, decorators, design, field } of recipe.properties) {
    const get = () => 'abc';
    const set = (value: unknown) => void log.push(`set ${name} ${typeof value}`);
    if (field === 'method')
      Object.defineProperty(type.prototype, name, { value: get, writable: true, configurable: true });
    if (field === 'getter') Object.defineProperty(type.prototype, name, { get, configurable: true });
    if (field === 'setter') Object.defineProperty(type.prototype, name, { get, set, configurable: true });
    const emitted = typeof design === 'number' ? classes[design % classes.length] : design;
    if (emitted !== undefined) Reflect.defineMetadata('design:type', emitted, type.prototype as object, name);
    // TypeScript applies the last one first.
    for (const { decorate } of [...decorators].reverse())
      decorate({ classes, log })(type.prototype as object, name);
  }
  if (recipe.decorator === 'Expose') ct.Expose()(type as never);
  if (recipe.decorator === 'Exclude') ct.Exclude()(type as never);
  return type;
}

const options = (each: boolean): fc.Arbitrary<cv.ValidationOptions> =>
  fc.oneof(
    { weight: 8, arbitrary: fc.constant(each ? { each } : {}) },
    {
      weight: 2,
      arbitrary: fc
        .record(
          {
            each: fc.boolean(),
            groups: fc.subarray(['g', 'h']),
            always: fc.boolean(),
            message: fc.constantFrom('$property is wrong: $value $constraint1 $target', 'no'),
            context: fc.constant({ code: 1 }),
          },
          { requiredKeys: [] },
        )
        .map((some) => (each ? { ...some, each } : some)),
    },
  );

/** A decorator of class-validator's. */
function constraint(
  name: string,
  decorator: (options: cv.ValidationOptions) => PropertyDecorator,
  each = false,
  isOdd = false,
): fc.Arbitrary<DecoratorRecipe> {
  return options(each).map((given) => ({
    isOdd,
    shown: `${name}(${JSON.stringify(given)})`,
    decorate: () => decorator(given),
  }));
}

/** A decorator of the user's, or one that calls functions of the user's. */
function odd(shown: string, decorate: (making: Making) => PropertyDecorator | Decorate): DecoratorRecipe {
  return { shown, isOdd: true, decorate };
}

const say = (log: Log, text: string) => {
  log.push(text);
  return true;
};

@cv.ValidatorConstraint({ name: 'shared', async: false })
class Shared implements cv.ValidatorConstraintInterface {
  validate(value: unknown): boolean {
    return value !== 'b';
  }
}

/** class-validator forgets what it waits for when another constraint throws, and nobody handles the rejection. */
class Quiet<T> extends Promise<T> {
  override then(...callbacks: any[]): any {
    const derived = super.then(...callbacks);
    void super.then.call(derived, undefined, () => undefined);
    return derived;
  }
}

/** What falls back to the libraries. */
const oddities: fc.Arbitrary<DecoratorRecipe> = fc.oneof(
  ...['custom', 'isString', 'equals'].map((name) =>
    fc.constantFrom('sync', 'async', 'throws', 'rejects', 'object').map((kind) =>
      odd(`registered ${name} ${kind}`, ({ log }) => (target: object, propertyName: string) => {
        cv.registerDecorator({
          name,
          target: target.constructor,
          propertyName,
          constraints: [1],
          validator: {
            validate(value: unknown, args?: cv.ValidationArguments) {
              // One with the name of a built-in constraint may be asked twice: see the README.
              if (name === 'custom') log.push(`${kind} ${typeof value} ${Object.keys(args!.object).join()}`);
              if (kind === 'throws' && value === 'b') throw new Error('thrown by a constraint');
              if (kind === 'rejects' && value === 'b')
                return Quiet.reject(new Error('rejected by a constraint'));
              if (kind === 'object')
                return args!.value === value && (args!.object as any)[args!.property] !== 'b';
              return kind === 'async' || kind === 'rejects' ? Promise.resolve(value !== 'b') : value !== 'b';
            },
            defaultMessage: (args?: cv.ValidationArguments) => `bad ${args!.property}`,
          },
        });
      }),
    ),
  ),
  fc.constantFrom(
    odd('Validate(Shared)', () => cv.Validate(Shared)),
    odd('ValidateIf', ({ log }) =>
      cv.ValidateIf(
        (object: object, value: unknown) => say(log, `if ${Object.keys(object).join()}`) && value !== 'b',
      ),
    ),
    odd('validateIf', ({ log }) =>
      cv.IsString({
        validateIf: (_object: unknown, value: unknown) => say(log, 'validateIf') && value !== 2,
      }),
    ),
    odd('message', ({ log }) =>
      cv.IsString({ message: (args) => `${say(log, 'message')} ${args.property}` }),
    ),
    odd('ValidatePromise', () => cv.ValidatePromise()),
    odd('MinDate(function)', ({ log }) => cv.MinDate(() => (log.push('date'), new Date(0)))),
    odd('Matches(sticky)', () => cv.Matches(/a/y)),
    odd('Transform', ({ log }) =>
      ct.Transform(
        ({ value, key, obj }) => (log.push(`transform ${key} ${Object.keys(obj as object).join()}`), value),
      ),
    ),
    odd('Transform trim', ({ log }) =>
      ct.Transform(({ value }) => (log.push('trim'), (value as string).trim())),
    ),
    odd('Transform in a group', ({ log }) =>
      ct.Transform(({ value }) => (log.push('group'), value as unknown), { groups: ['g'] }),
    ),
    odd('Transform to plain', () => ct.Transform(() => 'never', { toPlainOnly: true })),
    odd('Type of the payload', ({ classes }) =>
      ct.Type((help) => ((help!.object as any).a === 2 ? Number : classes[0]!)),
    ),
    odd('Type undefined', () => ct.Type(undefined as never)),
    odd('Type Array', () => ct.Type(() => Array)),
    odd('Type Map', () => ct.Type(() => Map)),
    odd('Type of a class that changes', ({ log }) => ct.Type(() => (log.isOdd ? String : Number))),
    odd('discriminator', ({ classes }) =>
      ct.Type(() => classes[0]!, {
        discriminator: { property: 'b', subTypes: [{ name: 'b', value: classes.at(-1)! }] },
      }),
    ),
    odd('discriminator that is kept', ({ classes }) =>
      ct.Type(() => classes[0]!, {
        keepDiscriminatorProperty: true,
        discriminator: { property: 'b', subTypes: [{ name: 'b', value: classes.at(-1)! }] },
      }),
    ),
  ),
);

const expose = fc
  .record(
    {
      name: fc.constantFrom('x', 'y', 'a', 'b', '_a', 'constructor'),
      groups: fc.subarray(['g', 'h']),
      since: fc.constantFrom(0, 1, 2),
      until: fc.constantFrom(1, 2, 3),
      toClassOnly: fc.boolean(),
      toPlainOnly: fc.boolean(),
    },
    { requiredKeys: [] },
  )
  .map((given): DecoratorRecipe => ({
    shown: `Expose(${JSON.stringify(given)})`,
    isOdd: true,
    decorate: () => ct.Expose(given),
  }));

const exclude = fc
  .record({ toClassOnly: fc.boolean(), toPlainOnly: fc.boolean() }, { requiredKeys: [] })
  .map((given): DecoratorRecipe => ({
    shown: `Exclude(${JSON.stringify(given)})`,
    isOdd: true,
    decorate: () => ct.Exclude(given),
  }));

const plainType = fc
  .constantFrom(String, Number, Boolean, Date, Buffer, Object)
  .map((type): DecoratorRecipe => ({
    isOdd: true,
    shown: `Type(${type.name})`,
    decorate: () => ct.Type(() => type),
  }));

/** What may stand on a property of any kind. */
const anywhere: fc.Arbitrary<DecoratorRecipe> = fc.oneof(
  { weight: 8, arbitrary: constraint('IsOptional', (o) => cv.IsOptional(o)) },
  { weight: 4, arbitrary: constraint('IsDefined', (o) => cv.IsDefined(o)) },
  { weight: 2, arbitrary: constraint('Allow', (o) => cv.Allow(o)) },
  { weight: 2, arbitrary: constraint('IsNotEmpty', (o) => cv.IsNotEmpty(o)) },
  { weight: 1, arbitrary: constraint('IsEmpty', (o) => cv.IsEmpty(o)) },
  { weight: 4, arbitrary: expose },
  { weight: 2, arbitrary: exclude },
  { weight: 2, arbitrary: plainType },
);

interface Kind {
  readonly weight: number;
  readonly design: readonly unknown[];
  readonly main: fc.Arbitrary<DecoratorRecipe>[];
  readonly some: fc.Arbitrary<DecoratorRecipe>[];
  readonly likely: (object: fc.Arbitrary<Recipe>) => fc.Arbitrary<Recipe>;
}

const of = (...values: unknown[]) => fc.constantFrom(...values.map(literal));
const arrayOf = (item: fc.Arbitrary<Recipe>) =>
  fc.array(item, { maxLength: 3 }).map((items): Recipe => ({ make: 'array', items }));
enum Size {
  Small = 'abc',
  Large = 'b',
}
const type = (index: fc.Arbitrary<number>) =>
  index.map((at): DecoratorRecipe => ({
    shown: `Type(C${at})`,
    decorate: ({ classes }) => ct.Type(() => classes[at % classes.length]!),
  }));
const byA = (o: unknown) => (o as { a?: unknown }).a;

const KINDS: readonly Kind[] = [
  {
    weight: 6,
    design: [String],
    main: [constraint('IsString', (o) => cv.IsString(o))],
    some: [
      constraint('Length', (o) => cv.Length(1, 5, o)),
      constraint('MaxLength', (o) => cv.MaxLength(5, o)),
      constraint('Matches', (o) => cv.Matches(/[ab]/, o)),
      constraint('Matches /g', (o) => cv.Matches(/[ab]/g, o)),
      constraint('IsIn', (o) => cv.IsIn(['abc', 'b', 2], o)),
      constraint('IsEnum', (o) => cv.IsEnum(Size, o)),
      constraint('IsAlpha', (o) => cv.IsAlpha('en-US', o)),
      constraint('NotEquals', (o) => cv.NotEquals('b', o)),
      constraint('Contains', (o) => cv.Contains('b', o)),
    ],
    likely: () => of('abc', 'b'),
  },
  {
    weight: 4,
    design: [Number],
    main: [
      constraint('IsInt', (o) => cv.IsInt(o)),
      constraint('IsNumber', (o) => cv.IsNumber({ maxDecimalPlaces: 1 }, o)),
    ],
    some: [
      constraint('Min', (o) => cv.Min(0, o)),
      constraint('Max', (o) => cv.Max(10, o)),
      constraint('IsPositive', (o) => cv.IsPositive(o)),
      constraint('IsDivisibleBy', (o) => cv.IsDivisibleBy(2, o)),
      constraint('Equals', (o) => cv.Equals(2, o)),
    ],
    likely: () => of(2, 4),
  },
  {
    weight: 2,
    design: [Boolean],
    main: [constraint('IsBoolean', (o) => cv.IsBoolean(o))],
    some: [],
    likely: () => of(true, false),
  },
  {
    weight: 2,
    design: [Date, String],
    main: [constraint('IsDate', (o) => cv.IsDate(o))],
    some: [
      fc.constant({ shown: 'Type(Date)', decorate: () => ct.Type(() => Date) as Decorate }),
      fc.constant({ shown: 'Type(Date)', decorate: () => ct.Type(() => Date) as Decorate }),
      constraint('MinDate', (o) => cv.MinDate(new Date(0), o)),
      constraint('IsDateString', (o) => cv.IsDateString({}, o)),
    ],
    likely: () => of('2030-01-01T00:00:00.000Z', 1e12),
  },
  {
    weight: 3,
    design: [Array, Object],
    main: [
      constraint('IsString each', (o) => cv.IsString(o), true),
      constraint('IsArray', (o) => cv.IsArray(o)),
    ],
    some: [
      constraint('Length each', (o) => cv.Length(1, 5, o), true),
      constraint('ArrayMaxSize', (o) => cv.ArrayMaxSize(2, o)),
      constraint('ArrayNotEmpty', (o) => cv.ArrayNotEmpty(o)),
      constraint('ArrayUnique', (o) => cv.ArrayUnique(o)),
      constraint('ArrayContains', (o) => cv.ArrayContains(['b'], o)),
      constraint('IsDefined each', (o) => cv.IsDefined(o), true),
    ],
    likely: () => arrayOf(of('abc', 'b')),
  },
  {
    weight: 4,
    design: [0, 1, Object],
    main: [constraint('ValidateNested', (o) => cv.ValidateNested(o))],
    some: [
      type(fc.constantFrom(1, 1, 2, 0)),
      type(fc.constantFrom(1, 1, 2, 0)),
      type(fc.constantFrom(1, 1, 2, 0)),
      constraint('IsObject', (o) => cv.IsObject(o)),
      constraint('IsNotEmptyObject', (o) => cv.IsNotEmptyObject({ nullable: false }, o), false, true),
      constraint('IsInstance', (o) => cv.IsInstance(Object, o)),
    ],
    likely: (object) => object,
  },
  {
    weight: 3,
    design: [Array, Array, Set, Map, Object],
    main: [constraint('ValidateNested each', (o) => cv.ValidateNested(o), true)],
    some: [
      type(fc.constantFrom(1, 1, 2)),
      type(fc.constantFrom(1, 1, 2)),
      type(fc.constantFrom(1, 1, 2)),
      constraint('ArrayMaxSize', (o) => cv.ArrayMaxSize(2, o)),
      constraint('ArrayUnique by', (o) => cv.ArrayUnique(byA, o), false, true),
      constraint('IsObject each', (o) => cv.IsObject(o), true),
    ],
    likely: (object) => fc.oneof(arrayOf(object), arrayOf(arrayOf(object)), object),
  },
  {
    weight: 2,
    design: [Object, Map, Set, Promise],
    main: [constraint('IsObject', (o) => cv.IsObject(o)), constraint('Allow', (o) => cv.Allow(o))],
    some: [plainType, type(fc.constantFrom(1, 2))],
    likely: (object) => object,
  },
  {
    weight: 1,
    design: [Buffer],
    main: [constraint('IsInstance(Buffer)', (o) => cv.IsInstance(Buffer, o))],
    some: [fc.constant({ shown: 'Type(Buffer)', decorate: () => ct.Type(() => Buffer) as Decorate })],
    likely: () => fc.constant({ make: 'buffer', text: 'abc' }),
  },
  { weight: 1, design: [String], main: [], some: [plainType, expose], likely: () => of('abc', 2) },
];

function property(name: string, kind: Kind, withOdd: boolean): fc.Arbitrary<PropertyRecipe> {
  const some = (from: readonly fc.Arbitrary<DecoratorRecipe>[], maxLength: number) =>
    from.length === 0 ? fc.constant([]) : fc.array(fc.oneof(...from), { maxLength });
  return fc.record({
    name: fc.constant(name),
    decorators: fc
      .tuple(
        kind.main.length === 0
          ? fc.constant([])
          : fc.array(fc.oneof(...kind.main), { minLength: 1, maxLength: 1 }),
        some(kind.some, 2),
        fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 2, arbitrary: some([anywhere], 2) }),
        withOdd ? some([oddities], 1) : fc.constant([]),
      )
      .map((lists) => lists.flat()),
    design: fc.oneof(fc.constant(undefined), fc.constantFrom(...kind.design)),
    field: fc.oneof(
      { weight: 16, arbitrary: fc.constantFrom<PropertyRecipe['field']>('none', 'declared') },
      { weight: 2, arbitrary: fc.constant<PropertyRecipe['field']>('default') },
      {
        // An accessor called `constructor` would take the class's place.
        weight: withOdd && NAMES.includes(name) ? 1 : 0,
        arbitrary: fc.constantFrom<PropertyRecipe['field']>('function', 'getter', 'setter', 'method'),
      },
    ),
    likely: fc.constant(kind.likely),
  });
}

const anyKind = fc.oneof(...KINDS.map((kind) => ({ weight: kind.weight, arbitrary: fc.constant(kind) })));

const anyName = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...NAMES) },
  { weight: 1, arbitrary: fc.constantFrom(...ODD_NAMES) },
);

function classRecipe(withOdd: boolean): fc.Arbitrary<ClassRecipe> {
  return fc.record({
    properties: fc
      .uniqueArray(fc.tuple(withOdd ? anyName : fc.constantFrom(...NAMES), anyKind), {
        selector: ([name]) => name,
        minLength: 1,
        maxLength: 4,
      })
      .chain((chosen) => fc.tuple(...chosen.map(([name, kind]) => property(name, kind, withOdd)))),
    extendsNext: fc.oneof(
      { weight: 3, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    decorator: fc.oneof(
      { weight: 12, arbitrary: fc.constant<ClassRecipe['decorator']>('none') },
      { weight: 1, arbitrary: fc.constantFrom<ClassRecipe['decorator']>('Expose', 'Exclude') },
    ),
  });
}

/** The classes of a case. */
export const classRecipes: fc.Arbitrary<ClassRecipe[]> = fc
  .oneof({ weight: 3, arbitrary: fc.constant(false) }, { weight: 2, arbitrary: fc.constant(true) })
  .chain((withOdd) => fc.array(classRecipe(withOdd), { minLength: 2, maxLength: 3 }));

const ORDINARY_TYPES = new Set<unknown>([undefined, String, Number, Boolean, Date, Array, Object]);

/** Whether the classes are such as applications have, and are compiled whatever valid payload comes. */
export function areOrdinary(recipes: readonly ClassRecipe[]): boolean {
  const shown = recipes
    .flatMap(({ properties }) => properties)
    .flatMap(({ decorators }) => decorators.map((one) => one.shown));
  // An object in the place of a date is left to the libraries.
  if (shown.includes('Type(Date)') && shown.some((one) => one.startsWith('Type(C'))) return false;
  return recipes.every(
    ({ properties, decorator }) =>
      decorator === 'none' &&
      properties.every(
        ({ decorators, design, field }) =>
          ORDINARY_TYPES.has(design) &&
          (field === 'none' || field === 'declared') &&
          !decorators.some(({ isOdd }) => isOdd),
      ),
  );
}
