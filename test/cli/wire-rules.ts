/** A rule of how types look on the wire. */
export interface WireRule {
  readonly rule: string;
  readonly declarations?: string;
  /** The type of a result, or with `as: 'body'` of a body. */
  readonly type: string;
  /** A body is checked by its class: class-transformer reads it. Default: `result`. */
  readonly as?: 'result' | 'body';
  /** The type that clients have. */
  readonly wire: string;
  /** Expressions that are of the type. */
  readonly takes?: readonly string[];
  /** Expressions that are not. */
  readonly refuses?: readonly string[];
}

const RESULTS: readonly WireRule[] = [
  { rule: 'a Date is a text', type: 'Date', wire: 'string', takes: [`''`], refuses: ['new Date()', '5'] },
  {
    rule: 'a Date is a text, however deep',
    type: '{ a: { b: Date[] }; c: [Date, Date | null] }',
    wire: '{ a: { b: string[] }; c: [string, string | null] }',
    refuses: [`{ a: { b: [new Date()] }, c: ['', null] }`],
  },
  {
    rule: 'toJSON counts, and what it returns is on the wire, too',
    declarations: `class Money { constructor(readonly cents: number) {} toJSON() { return { amount: this.cents, at: new Date() }; } }`,
    type: 'Money',
    wire: '{ amount: number; at: string }',
    takes: [`{ amount: 1, at: '' }`],
    refuses: [`{ cents: 1 }`, `{ amount: 1, at: new Date() }`],
  },
  { rule: 'toJSON of a library counts', type: 'URL', wire: 'string', refuses: [`new URL('http://a')`] },
  {
    rule: 'a class is its data: no methods, accessors, statics, nor what it keeps to itself',
    declarations: `class Point {
      static origin = 0; private a = 1; protected b = 2; #c = 3;
      constructor(public x: number, readonly y: number, private d: number) {}
      get length() { return this.a + this.#c + this.d; } set length(_: number) {} move(): void {} accessor e = 1;
    }`,
    type: 'Point',
    wire: '{ x: number; y: number }',
    takes: ['{ x: 1, y: 2 }'],
    refuses: ['{ x: 1 }', '{ x: 1, y: 2, a: 1 }', `{ x: 1, y: 2, '#c': 3 }`, '{ x: 1, y: 2, length: 3 }'],
  },
  {
    rule: 'an enum is its values',
    declarations: `enum Color { Red = 'red', Blue = 'blue' }`,
    type: 'Color[]',
    wire: `('red' | 'blue')[]`,
    takes: [`['red']`],
    refuses: [`['Red']`],
  },
  {
    rule: 'a numeric enum is its numbers',
    declarations: 'enum Level { Low, High = 5 }',
    type: '{ level: Level; one: Level.High }',
    wire: '{ level: 0 | 5; one: 5 }',
    refuses: ['{ level: 1, one: 5 }', '{ level: 0, one: 0 }'],
  },
  {
    rule: 'unions stay, and tell their members apart',
    declarations: `type Shape = { kind: 'circle'; r: number } | { kind: 'dot'; at: Date };`,
    type: 'Shape',
    wire: `{ kind: 'circle'; r: number } | { kind: 'dot'; at: string }`,
    takes: [`{ kind: 'dot', at: '' }`],
    refuses: [`{ kind: 'circle', at: '' }`],
  },
  {
    rule: 'binary data is an ArrayBuffer',
    type: '{ a: Buffer; b: Uint8Array; c: ArrayBuffer; d: DataView; e: Float32Array | null }',
    wire: '{ a: ArrayBuffer; b: ArrayBuffer; c: ArrayBuffer; d: ArrayBuffer; e: ArrayBuffer | null }',
  },
  {
    rule: 'what may be undefined may be missing, in objects',
    type: '{ a?: number; b: string | undefined; c: null }',
    wire: '{ a?: number; b?: string; c: null }',
    takes: ['{ c: null }'],
    refuses: [`{}`],
  },
  {
    rule: 'undefined is null, in arrays and tuples',
    type: '{ a: (number | undefined)[]; b: [undefined, string] }',
    wire: '{ a: (number | null)[]; b: [null, string] }',
    refuses: [`{ a: [undefined], b: [null, ''] }`],
  },
  { rule: 'no result is null', type: 'void', wire: 'null', refuses: ['undefined'] },
  {
    rule: 'a result that may be undefined may be null, once',
    type: 'Promise<number | null | undefined>',
    wire: 'number | null',
    refuses: ['undefined'],
  },
  {
    rule: 'promises are awaited',
    type: 'Promise<Promise<Date>>',
    wire: 'string',
  },
  {
    rule: 'generics are filled in',
    declarations: 'interface Page<Item, Cursor = number> { items: Item[]; next?: Cursor }',
    type: '[Page<Date>, Page<string, string>]',
    wire: '[{ items: string[]; next?: number }, { items: string[]; next?: string }]',
    refuses: [`[{ items: [], next: '' }, { items: [] }]`],
  },
  {
    rule: 'types may contain themselves',
    declarations: 'interface Tree { at: Date; children: Tree[] }',
    type: 'Tree',
    wire: 'Tree',
    takes: [`{ at: '', children: [{ at: '', children: [] }] }`],
    refuses: [`{ at: '', children: [{ at: new Date(), children: [] }] }`],
  },
  {
    rule: 'records and index signatures stay, symbols do not',
    declarations: `declare const mark: unique symbol;`,
    type: `{ a: Record<'x' | 'y', Date>; b: Record<string, Date>; c: { [index: number]: Date; [mark]: string } }`,
    wire: `{ a: { x: string; y: string }; b: { [key: string]: string }; c: { [key: number]: string } }`,
    refuses: [`{ a: { x: '' }, b: {}, c: {} }`],
  },
  {
    rule: 'tuples keep their labels, optional elements and rest',
    type: '[at: Date, n?: number, ...rest: Date[]]',
    wire: '[string, number?, ...string[]]',
    takes: [`['']`, `['', 1, '']`],
    refuses: ['[]', `['', '']`],
  },
  {
    rule: 'an optional element of a tuple that may be undefined may be null',
    type: '[[n?: number | undefined], [n?: number | null | undefined], [n?: undefined], [n?: number]]',
    wire: '[[(number | null)?], [(number | null)?], [null?], [number?]]',
    takes: ['[[null], [null], [null], []]', '[[], [], [], [1]]'],
    refuses: ['[[], [], [], [null]]'],
  },
  {
    rule: 'readonly arrays stay',
    type: 'readonly Date[]',
    wire: 'readonly string[]',
  },
  {
    rule: 'mapped, picked and conditional types are what they come to',
    declarations: `
      interface Row { id: number; at: Date; note?: string }
      type Texts<T> = { [Key in keyof T as \`\${Key & string}Text\`]: T[Key] extends Date ? 'date' : string };`,
    type: `[Partial<Row>, Pick<Row, 'at'>, Omit<Row, 'at'>, Required<Row>, Texts<Row>]`,
    wire: `[{ id?: number; at?: string; note?: string }, { at: string }, { id: number; note?: string }, { id: number; at: string; note: string }, { idText: string; atText: 'date'; noteText?: string }]`,
  },
  {
    rule: 'intersections are one object',
    type: `{ a: Date } & { b: 1 } & Partial<{ c: Date }>`,
    wire: `{ a: string; b: 1; c?: string }`,
    refuses: [`{ a: '' }`],
  },
  {
    rule: 'brands are not sent',
    declarations: `type Id = string & { readonly __brand: 'Id' };`,
    type: `{ id: Id; ids: Record<Id, number> }`,
    wire: `{ id: string; ids: { [key: string]: number } }`,
  },
  {
    rule: 'templates and literals stay',
    type: '{ a: `n-${number}`; b: 1 | -2 | true; c: "it\'s" }',
    wire: '{ a: `n-${number}`; b: 1 | -2 | true; c: "it\'s" }',
    refuses: [`{ a: 'n-x', b: 1, c: "it's" }`],
  },
  {
    rule: 'boxed primitives are primitives',
    type: '[String, Number, Boolean]',
    wire: '[string, number, boolean]',
  },
  {
    rule: 'what is not known is not known',
    type: '{ a: unknown; b: any; c: object }',
    wire: '{ a: unknown; b: any; c: object }',
  },
  {
    rule: 'names that need quotes have them',
    type: `{ 'a-b': 1; "it's": 2; 3: 4; constructor: 5 }`,
    wire: `{ 'a-b': 1; "it's": 2; 3: 4; constructor: 5 }`,
  },
  {
    rule: 'classes that extend classes have what they inherit',
    declarations: `class Base<T> { constructor(readonly of: T) {} } class Late extends Base<Date> { late = true; }`,
    type: 'Late',
    wire: '{ of: string; late: boolean }',
  },
  {
    rule: 'decorators of class-transformer do not count for results, which are not transformed',
    declarations: `class Sent { @Expose({ name: 'at' }) when!: Date; @Transform(({ value }) => value) n!: number; @Exclude() x!: string }`,
    type: 'Sent',
    wire: '{ when: string; n: number; x: string }',
  },
];

const BODIES: readonly WireRule[] = [
  {
    rule: 'an exposed property has the name that class-transformer reads',
    declarations: `class Named { @IsDate() @Type(() => Date) @Expose({ name: 'ship_at' }) shipAt!: Date; @Expose() @IsString() plain!: string; @Expose({ name: 'out', toPlainOnly: true }) @IsString() kept!: string }`,
    type: 'Named',
    as: 'body',
    wire: '{ ship_at: string; plain: string; kept: string }',
    takes: [`{ ship_at: '', plain: '', kept: '' }`],
    refuses: [`{ shipAt: '', plain: '', kept: '' }`],
  },
  {
    rule: 'what a transformed property takes is not known',
    declarations: `class Trimmed { @Transform(({ value }) => String(value).trim()) @IsString() text!: string; @IsInt() n!: number }`,
    type: 'Trimmed',
    as: 'body',
    wire: '{ text?: unknown; n: number }',
    takes: ['{ text: 5, n: 1 }', '{ n: 1 }'],
    refuses: [`{ text: '' }`],
  },
  {
    rule: 'unless the function says what it takes',
    declarations: `class Split {
      @Transform(({ value }: { value: string }) => value.split(',')) @IsArray() tags!: string[];
      @Transform(({ value }: { value?: number }) => value ?? 0) @IsInt() n!: number;
      @IsOptional() @Transform(toDate) @IsDate() at?: Date;
      @Transform(({ value }) => value, { toPlainOnly: true }) @IsString() sent!: string;
    }
    function toDate({ value }: { value: Date | number }) { return new Date(value); }`,
    type: 'Split',
    as: 'body',
    wire: '{ tags: string; n?: number; at?: number | string; sent: string }',
    refuses: [`{ tags: ['a'], sent: '' }`],
  },
  {
    rule: 'what is excluded is not sent',
    declarations: `class Hiding { @IsString() a!: string; @Exclude() b!: string; @Exclude({ toPlainOnly: true }) @IsString() c!: string }`,
    type: 'Hiding',
    as: 'body',
    wire: '{ a: string; c: string }',
    refuses: [`{ a: '', b: '', c: '' }`],
  },
  {
    rule: 'of a class that excludes, what is exposed is sent',
    declarations: `@Exclude() class Listed { @Expose() @IsString() a!: string; @IsOptional() b?: string; @Expose({ name: 'd' }) @IsInt() c!: number }`,
    type: 'Listed',
    as: 'body',
    wire: '{ a: string; d: number }',
    refuses: [`{ a: '', d: 1, b: '' }`],
  },
  {
    rule: 'nested classes are read like the whole where @Type names them, in arrays, too',
    declarations: `
      class Leaf { @Expose({ name: 'leaf_id' }) @IsInt() id!: number }
      class Tree2 { @ValidateNested({ each: true }) @Type(() => Leaf) leaves!: Leaf[]; @IsObject() loose!: Leaf }`,
    type: 'Tree2',
    as: 'body',
    wire: '{ leaves: { leaf_id: number }[]; loose: { id: number } }',
  },
  {
    rule: 'decorators are inherited',
    declarations: `
      class Parent { @Expose({ name: 'created_at' }) @IsString() createdAt!: string }
      class Child extends Parent { @IsString() own!: string; declare createdAt: 'now' | 'then' }`,
    type: 'Child',
    as: 'body',
    wire: `{ own: string; created_at: 'now' | 'then' }`,
  },
  {
    rule: 'a property with @IsOptional may be missing',
    declarations: 'class Defaults { @IsOptional() @IsInt() priority = 1; @IsInt() n = 2 }',
    type: 'Defaults',
    as: 'body',
    wire: '{ priority?: number; n: number }',
  },
];

export const WIRE_RULES: readonly WireRule[] = [...RESULTS, ...BODIES];

/** Types that cannot be sent, and what is said of them. */
export const REFUSED_TYPES: readonly [type: string, sentence: RegExp][] = [
  ['Map<string, number>', /^is a Map, which cannot be sent; give an object, Object\.fromEntries\(map\)/],
  ['ReadonlyMap<string, number>', /^is a ReadonlyMap, which cannot be sent; give an object/],
  ['Set<string>', /^is a Set, which cannot be sent; give an array, \[\.\.\.set\]$/],
  ['ReadonlySet<string>', /^is a ReadonlySet, which cannot be sent; give an array/],
  ['WeakMap<object, string>', /^is a WeakMap, which cannot be sent; give plain data$/],
  ['bigint', /^is a bigint, which cannot be sent; give its text, String\(value\)$/],
  ['10n', /^is a bigint, which cannot be sent/],
  ['symbol', /^is a symbol, which cannot be sent; give a string$/],
  ['RegExp', /^is a RegExp, which cannot be sent; give its text/],
  ['Error', /^is an Error, which cannot be sent; give what clients may know of it/],
  ['TypeError', /^is an Error, which cannot be sent/],
  ['Promise<number>', /^is a Promise, which cannot be sent; give what it resolves with: await it$/],
  ['() => void', /^is a function, which cannot be sent; leave it out$/],
  ['new () => Date', /^is a function, which cannot be sent; leave it out$/],
  ['Iterable<number>', /^is an Iterable, which cannot be sent; give an array/],
  ['AsyncIterable<number>', /^is a stream, which is sent only as the whole result; return it alone$/],
  ['NodeJS.ReadableStream', /^is a stream, which is sent only as the whole result; return it alone$/],
  ['SharedArrayBuffer', /^is a SharedArrayBuffer, which cannot be sent; give a copy/],
  ['URLSearchParams', /^is an? URLSearchParams, which cannot be sent; give its text/],
];
