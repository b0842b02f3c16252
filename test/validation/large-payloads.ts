import { Expose, Transform, Type } from 'class-transformer';
import {
  ArrayUnique,
  IsByteLength,
  IsEmail,
  IsIBAN,
  IsIn,
  IsInt,
  IsJSON,
  IsOptional,
  IsPhoneNumber,
  IsString,
  IsTimeZone,
  IsUrl,
  Length,
  Matches,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import * as v from 'valibot';
import { z } from 'zod';
import { type } from 'arktype';
import type { PayloadType } from '../../src';

/*
 * Payloads of almost a megabyte, as JSON, with the type that they are checked by. Each is one way to make validation slow.
 */

/** One large payload. */
export interface LargePayload {
  readonly title: string;
  readonly type: PayloadType;
  readonly json: string;
}

const BYTES = 990_000;

/** JSON of as many items as fit, and of others behind them. */
function list(item: string | ((i: number) => string), ...last: string[]): string {
  const items: string[] = [];
  for (let bytes = last.join().length + 20, i = 0; ; i++) {
    const one = typeof item === 'string' ? item : item(i);
    bytes += Buffer.byteLength(one) + 1;
    if (bytes > BYTES) break;
    items.push(one);
  }
  return `[${[...items, ...last].join(',')}]`;
}

const text = (part: string): string =>
  JSON.stringify(part.repeat(Math.floor(BYTES / Buffer.byteLength(part))));

/** A constraint of the application's. */
function IsShort(isAsync: boolean) {
  return (target: object, propertyName: string) =>
    registerDecorator({
      name: 'isShort',
      target: target.constructor,
      propertyName,
      async: isAsync,
      validator: {
        validate: (value: unknown) => {
          const isShort = String(value).length < 5;
          return isAsync ? Promise.resolve(isShort) : isShort;
        },
        defaultMessage: () => 'too long',
      },
    });
}

class Line {
  @IsString() t!: string;
}
class Empty {
  @IsOptional() @IsString() a?: string;
  @IsOptional() @IsString() b?: string;
  @IsOptional() @IsInt() c?: number;
  @IsOptional() @Length(1, 5) d?: string;
  @IsOptional() @IsEmail() e?: string;
  @IsOptional() @Matches(/^a+$/) f?: string;
}
class Exposed {
  @Expose() @IsString() t!: string;
  @Expose() a?: string;
  @Expose() b?: string;
  @Expose() c?: string;
  @Expose({ name: 'dd' }) d?: string;
  @Expose() e?: string;
}
class Trimmed {
  @Transform(({ value }) => String(value).trim()) @IsString() t!: string;
}
class Checked {
  @IsShort(false) t!: string;
}
class Awaited {
  @IsShort(true) t!: string;
}
class Cat {
  @IsString() t!: string;
}
class Dog {
  @IsString() t!: string;
}
class Node {
  @IsInt() n!: number;
  @IsOptional() @ValidateNested({ each: true }) @Type(() => Node) c?: Node[];
}
class Wide {
  @IsString() a!: string;
  @IsString() b!: string;
  @IsString() c!: string;
  @IsInt() d!: number;
  @IsInt() e!: number;
  @IsOptional() @Length(1, 10) f?: string;
}

type Class = new () => object;
const wrap = (inner: Class): Class => {
  class Order {
    @ValidateNested({ each: true }) @Type(() => inner) lines!: object[];
  }
  return Order;
};
class OrderWithDiscriminator {
  @ValidateNested({ each: true })
  @Type(() => Cat, {
    discriminator: {
      property: 'k',
      subTypes: [
        { value: Cat, name: 'cat' },
        { value: Dog, name: 'dog' },
      ],
    },
  })
  lines!: (Cat | Dog)[];
}
class OrderWithCode {
  @IsShort(false) code!: string;
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Line[];
}
class OrderWithSet {
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Set<Line>;
}
class OrderWithMap {
  @ValidateNested({ each: true }) @Type(() => Line) lines!: Map<string, Line>;
}
class OrderWithAsync {
  @IsShort(true) code!: string;
  @ValidateNested({ each: true }) @Type(() => Awaited) lines!: Awaited[];
}
class Tagged {
  @IsOptional() @IsInt({ each: true }) ints?: number[];
  @IsOptional() @IsString({ each: true }) strings?: string[];
  @IsOptional() @IsEmail({}, { each: true }) emails?: string[];
  @IsOptional() @IsUrl({}, { each: true }) urls?: string[];
  @IsOptional() @IsPhoneNumber(undefined, { each: true }) phones?: string[];
  @IsOptional() @IsTimeZone({ each: true }) zones?: string[];
  @IsOptional() @IsJSON({ each: true }) jsons?: string[];
  @IsOptional() @ArrayUnique() unique?: unknown[];
  @IsOptional() @IsIn(Array.from({ length: 300 }, (_, i) => `C${i}`), { each: true }) codes?: string[];
  @IsOptional() @IsIBAN() iban?: string;
  @IsOptional() @IsByteLength(1, 5) bytes?: string;
  @IsOptional() @IsEmail() email?: string;
  @IsOptional() @Length(1, 10) @Matches(/^[a-z]+$/) name?: string;
}

const GOOD = '{"t":"abc"}';
const BAD = '{"t":1}';
const tree = (depth: number, leaf: string): string =>
  depth === 0 ? leaf : `{"n":1,"c":[{"n":1},${tree(depth - 1, leaf)}]}`;
const keys = (value: string): string => {
  const items = list((i) => `"k${i}":${value}`);
  return items.slice(1, -1);
};

const ofClass = (title: string, payloadType: PayloadType, json: string): LargePayload => ({
  title,
  type: payloadType,
  json,
});
const ofLines = (title: string, payloadType: PayloadType, good: string, bad = BAD): LargePayload[] => [
  ofClass(`${title}, valid`, payloadType, `{"code":"a","lines":${list(good)}}`),
  ofClass(`${title}, one invalid at the end`, payloadType, `{"code":"a","lines":${list(good, bad)}}`),
  ofClass(`${title}, all invalid`, payloadType, `{"code":"a","lines":${list(bad)}}`),
  ofClass(
    `${title}, one odd at the end`,
    payloadType,
    `{"code":"a","lines":${list(good, good.replace('{', '{"toString":1,'))}}`,
  ),
  ofClass(
    `${title}, one odd and invalid at the end`,
    payloadType,
    `{"code":"a","lines":${list(good, bad.replace('{', '{"toString":1,'))}}`,
  ),
  ofClass(
    `${title}, all odd`,
    payloadType,
    `{"code":"a","lines":${list(good.replace('{', '{"toString":1,'))}}`,
  ),
  ofClass(
    `${title}, with unknown keys, one invalid`,
    payloadType,
    `{"code":"a","lines":${list(good.replace('}', ',"x":1,"y":{"z":1}}'), bad)}}`,
  ),
  ofClass(`${title}, others than objects`, payloadType, `{"code":"a","lines":${list('1')}}`),
  ofClass(`${title}, nulls`, payloadType, `{"code":"a","lines":${list('null')}}`),
  ofClass(`${title}, empty arrays`, payloadType, `{"code":"a","lines":${list('[]')}}`),
  ofClass(`${title}, empty objects`, payloadType, `{"code":"a","lines":${list('{}')}}`),
];
const ofArray = (title: string, item: PayloadType, good: string, bad = BAD): LargePayload[] => [
  ofClass(`[${title}], valid`, [item] as never, list(good)),
  ofClass(`[${title}], one invalid at the end`, [item] as never, list(good, bad)),
  ofClass(`[${title}], one invalid at the start`, [item] as never, `[${bad},${list(good).slice(1)}`),
  ofClass(`[${title}], all invalid`, [item] as never, list(bad)),
  ofClass(`[${title}], all odd`, [item] as never, list(good.replace('{', '{"toString":1,'))),
  ofClass(`[${title}], empty objects`, [item] as never, list('{}')),
];
const ofField = (field: string, json: string, title = field): LargePayload =>
  ofClass(`property ${title}`, Tagged, `{"${field}":${json}}`);

export const LARGE_PAYLOADS: readonly LargePayload[] = [
  ...ofLines('a class', wrap(Line), GOOD),
  ...ofLines('a class with optional properties', wrap(Empty), '{"a":"b"}', '{"a":1}'),
  ...ofLines(
    'a wide class',
    wrap(Wide),
    '{"a":"a","b":"b","c":"c","d":1,"e":2,"f":"abc"}',
    '{"a":"a","b":"b","c":"c","d":1,"e":"2"}',
  ),
  ...ofLines('a class with @Expose', wrap(Exposed), GOOD),
  ...ofLines('a class with @Transform', wrap(Trimmed), GOOD),
  ...ofLines('a class with a constraint', wrap(Checked), GOOD, '{"t":"too long"}'),
  ...ofLines('a class with an async constraint', wrap(Awaited), GOOD, '{"t":"too long"}'),
  ...ofLines('a class below a constraint', OrderWithCode, GOOD),
  ...ofLines('a class below an async constraint', OrderWithAsync, GOOD, '{"t":"too long"}'),
  ...ofLines('a discriminator', OrderWithDiscriminator, '{"k":"cat","t":"a"}', '{"k":"dog","t":1}'),
  ...ofLines('a Set', OrderWithSet, GOOD),
  ofClass('a Map, valid', OrderWithMap, `{"lines":{${keys(GOOD)}}}`),
  ofClass('a Map of few keys', OrderWithMap, `{"lines":{"a":${list(GOOD)}}}`),
  ...ofArray('a class', Line, GOOD),
  ...ofArray('a class with @Transform', Trimmed, GOOD),
  ...ofArray('a class with a constraint', Checked, GOOD, '{"t":"too long"}'),
  ...ofArray('a class with an async constraint', Awaited, GOOD, '{"t":"too long"}'),
  ...ofArray('a tree', Node, '{"n":1,"c":[{"n":1}]}', '{"n":1,"c":[{"n":"1"}]}'),
  ofClass('a wide tree, one invalid', Node, `{"n":1,"c":${list('{"n":1,"c":[{"n":2}]}', '{"n":"1"}')}}`),
  ofClass('a deep tree, valid', Node, `{"n":1,"c":${list(tree(25, '{"n":1}'))}}`),
  ofClass(
    'a deep tree, one invalid',
    Node,
    `{"n":1,"c":${list(tree(25, '{"n":1}'), tree(25, '{"n":"1"}'))}}`,
  ),
  ofClass(
    'a wide list below a deep path, one invalid',
    Node,
    tree(25, `{"n":1,"c":${list('{"n":1}', '{"n":"1"}')}}`),
  ),
  ofClass(
    'a wide list below a deep path, odd',
    Node,
    tree(25, `{"n":1,"c":${list('{"n":1}', '{"n":1,"toString":1}')}}`),
  ),
  ofClass(
    'a wide list below a deep path of odd ones',
    Node,
    tree(25, `{"n":1,"c":${list('{"n":1}')}}`).replaceAll('"n":1,"c"', '"n":1,"toString":1,"c"'),
  ),
  ofClass(
    'a wide list below a deep path of odd ones, odd at the end',
    Node,
    tree(25, `{"n":1,"c":${list('{"n":1}')}}`).replaceAll(']}', '],"toString":1}'),
  ),
  ofClass('unknown keys', Line, `{"t":"a",${keys('1')}}`),
  ofClass('unknown keys, invalid', Line, `{"t":1,${keys('1')}}`),
  ofClass('unknown keys of objects, invalid', Line, `{"t":1,"x":${list('{"a":1,"b":{}}')}}`),
  ofClass('unknown keys and @Transform', Trimmed, `{"t":"a",${keys('1')}}`),
  ofClass(
    'unknown keys of different items',
    wrap(Line),
    `{"lines":${list((i) => `{"t":"a","k${i}":1}`, BAD)}}`,
  ),
  ofField('ints', list('1')),
  ofField('ints', list('1', '"1"'), 'ints, one invalid'),
  ofField('ints', list('"1"'), 'ints, all invalid'),
  ofField('strings', list('"a"')),
  ofField('strings', list('"a"', '1'), 'strings, one invalid'),
  ofField('emails', list('"ab@cd.com"')),
  ofField('emails', list('"ab@cd.com"', '1'), 'emails, one invalid'),
  ofField('emails', list('"\\"a@b.c"'), 'emails, all invalid'),
  ofField('urls', list('"http://a.bc"')),
  ofField('phones', list('"+41446681800"')),
  ofField('phones', list('"+41446681800"', '1'), 'phones, one invalid'),
  ofField('phones', list('"(1)1-11"'), 'phones, all invalid'),
  ofField('zones', list('"Europe/Berlin"')),
  ofField('zones', list('"x"'), 'zones, all invalid'),
  ofField('jsons', list('"[]"')),
  ofField('jsons', list('"{"'), 'jsons, all invalid'),
  ofField(
    'unique',
    list((i) => String(i)),
    'unique numbers',
  ),
  ofField(
    'unique',
    list((i) => `"${i}"`),
    'unique strings',
  ),
  ofField('unique', list('{}'), 'unique objects'),
  ofField('codes', list('"C299"')),
  ofField('iban', text('1-')),
  ofField('bytes', text('ア')),
  ofField('email', text('a@')),
  ofField('name', text('😀')),
  ofClass('zod, valid', z.object({ lines: z.array(z.object({ t: z.string() })) }), `{"lines":${list(GOOD)}}`),
  ofClass(
    'zod, all invalid',
    z.object({ lines: z.array(z.object({ t: z.string() })) }),
    `{"lines":${list('{"t":1}')}}`,
  ),
  ofClass('zod, strict, unknown keys', z.strictObject({ t: z.string() }), `{"t":"a",${keys('1')}}`),
  ofClass(
    'zod, a union, all invalid',
    z.object({ lines: z.array(z.union([z.object({ t: z.string() }), z.object({ u: z.number() })])) }),
    `{"lines":${list('{}')}}`,
  ),
  ofClass(
    'valibot, valid',
    v.object({ lines: v.array(v.object({ t: v.string() })) }),
    `{"lines":${list(GOOD)}}`,
  ),
  ofClass(
    'valibot, all invalid',
    v.object({ lines: v.array(v.object({ t: v.string() })) }),
    `{"lines":${list('{"t":1}')}}`,
  ),
  ofClass('arktype, valid', type({ lines: type({ t: 'string' }).array() }), `{"lines":${list(GOOD)}}`),
  ofClass(
    'arktype, all invalid',
    type({ lines: type({ t: 'string' }).array() }),
    `{"lines":${list('{"t":1}')}}`,
  ),
  ...ofArray('zod', z.object({ t: z.string() }), GOOD),
  ofClass('[String], valid', [String] as never, list('"a"')),
  ofClass('[String], all invalid', [String] as never, list('1')),
  ofClass('[Date]', [Date] as never, list('"2020-01-01"')),
];
