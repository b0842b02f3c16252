import { runInThisContext } from 'node:vm';
import { join } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import ts from 'typescript';
import { COMPILER_OPTIONS, newFolder, tsconfig } from './run-cli';

const TYPES = Number(process.env.RUNS ?? 1) * 60;

/** A type of TypeScript, and an expression of a value that has it. */
interface Typed {
  readonly type: string;
  readonly value: string;
}

const DECLARATIONS = `
enum Color { Red = 'red', Blue = 'blue' }
enum Level { Low, High = 5 }
class Money { private readonly secret = 1; constructor(private readonly cents: number) {} toJSON() { return { amount: this.cents * this.secret, at: new Date(0) }; } }
class Point { #hidden = 1; label?: string; constructor(readonly x: number, public at = new Date(0)) {} get sum() { return this.x + this.#hidden; } move() { return this; } }
class Place<T> extends Point { constructor(public of: T) { super(1); } }
interface Page<Item> { items: readonly Item[]; next?: Item | null }
interface Tree { at: Date; children: Tree[] }
type Named<T, Name extends string> = { [Key in Name]: T };
type Id = string & { readonly __brand: 'Id' };
`;

const LEAVES: readonly Typed[] = [
  { type: 'string', value: `'text'` },
  { type: 'number', value: '1.5' },
  { type: 'boolean', value: 'true' },
  { type: 'null', value: 'null' },
  { type: 'undefined', value: 'undefined' },
  { type: 'unknown', value: '({ any: [1] })' },
  { type: 'Date', value: 'new Date(0)' },
  { type: 'URL', value: `new URL('http://a/b')` },
  { type: `'x' | 5 | false`, value: '5' },
  { type: '`n-${number}`', value: `'n-1'` },
  { type: 'Color', value: 'Color.Blue' },
  { type: 'Level', value: 'Level.High' },
  { type: 'Money', value: 'new Money(5)' },
  { type: 'Point', value: 'new Point(2)' },
  { type: 'Id', value: `('id' as Id)` },
  { type: 'Tree', value: '({ at: new Date(0), children: [{ at: new Date(0), children: [] }] })' },
  { type: 'object', value: '({ a: 1 })' },
];

const types = fc.letrec<{ any: Typed }>((tie) => {
  const any = tie('any');
  const wrap = (shape: (one: Typed, other: Typed, flag: boolean) => Typed): fc.Arbitrary<Typed> =>
    fc.tuple(any, any, fc.boolean()).map(([one, other, flag]) => shape(one, other, flag));
  return {
    any: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'type' },
      fc.constantFrom(...LEAVES),
      wrap((one, other, isThere) => ({
        type: `{ a: ${one.type}; 'b-c'?: ${other.type} }`,
        value: `({ a: ${one.value}${isThere ? `, 'b-c': ${other.value}` : ''} })`,
      })),
      wrap((one, other, isFirst) => ({
        type: `(${one.type}) | (${other.type})`,
        value: isFirst ? one.value : other.value,
      })),
      wrap((one, _other, isFull) => ({
        type: `(${one.type})[]`,
        value: `[${isFull ? `${one.value}, ${one.value}` : ''}]`,
      })),
      wrap((one, other, isLong) => ({
        type: `readonly [${one.type}, n?: ${other.type}]`.replace('[', '[first: '),
        value: `[${one.value}${isLong ? `, ${other.value}` : ''}]`,
      })),
      wrap((one) => ({ type: `Record<string, ${one.type}>`, value: `({ k: ${one.value} })` })),
      wrap((one) => ({
        type: `Record<Color, ${one.type}>`,
        value: `({ red: ${one.value}, blue: ${one.value} })`,
      })),
      wrap((one, _other, isThere) => ({
        type: `Partial<{ p: ${one.type} }>`,
        value: isThere ? `({ p: ${one.value} })` : '({})',
      })),
      wrap((one, other) => ({
        type: `{ a: ${one.type} } & Named<${other.type}, 'b'>`,
        value: `({ a: ${one.value}, b: ${other.value} })`,
      })),
      wrap((one, _other, isThere) => ({
        type: `Page<${one.type}>`,
        value: `({ items: [${one.value}]${isThere ? `, next: ${one.value}` : ', next: null'} })`,
      })),
      wrap((one) => ({ type: `Place<${one.type}>`, value: `new Place(${one.value})` })),
      wrap((one) => ({ type: `Omit<{ a: ${one.type}; b: bigint }, 'b'>`, value: `({ a: ${one.value} })` })),
    ),
  };
});

/** What arrives of values: they are the arguments of an ack. */
function overTheWire(values: readonly string[]): string[] {
  const code = ts.transpile(`${DECLARATIONS}\n[${values.map((value) => `(${value})`).join(',\n')}]`, {
    target: ts.ScriptTarget.ES2022,
  });
  const made = runInThisContext(
    `(() => { const URL = globalThis.URL; ${code.replace(/\n\[/, '\nreturn [')} })()`,
  ) as unknown[];
  return made.map((value) => JSON.stringify((JSON.parse(JSON.stringify([value])) as unknown[])[0]));
}

describe('generated types', function () {
  this.timeout(600_000);

  it('are what arrives, whatever is sent', async () => {
    const seed = Number(process.env.SEED ?? 1);
    const sample = fc.sample(types.any, { numRuns: TYPES, seed });
    const events = sample.map(
      ({ type, value }, at) => `@SocketEvent() e${at}(): ${type} { return ${value}; }`,
    );
    const gateway = `import { SocketEvent, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
      ${DECLARATIONS}
      @SocketNamespace('/x') export class AnyGateway extends SocketGateway {\n${events.join('\n')}\n}`;
    const folder = newFolder({ 'tsconfig.json': tsconfig(), 'src/any.gateway.ts': gateway });
    const { complained } = await folder.run('types', 'src/*.gateway.ts', '--out', 'web/gateway.ts');
    expect(complained, `seed ${seed}`).to.equal('');
    const arrived = overTheWire(sample.map(({ value }) => value));
    const lines = arrived.map(
      (value, at) => `export const e${at}: ReturnType<Any['calls']['e${at}']> = ${value};`,
    );
    const values = sample.map(({ type, value }, at) => `export const v${at}: ${type} = ${value};`);
    folder.write('web/values.ts', `${DECLARATIONS}\n${values.join('\n')}\n`);
    folder.write('web/client.ts', `import type { Any } from './gateway';\n${lines.join('\n')}\n`);
    const { options } = ts.convertCompilerOptionsFromJson(COMPILER_OPTIONS, folder.path);
    const program = ts.createProgram(
      ['web/client.ts', 'web/values.ts'].map((file) => join(folder.path, file)),
      options,
    );
    const wrong = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
      const isOfClient = file?.fileName.endsWith('client.ts');
      return isOfClient ? `${sample[line - 1]?.type}: ${lines[line - 1]}: ${text}` : text;
    });
    expect(wrong.join('\n'), `seed ${seed}`).to.equal('');
  });
});
