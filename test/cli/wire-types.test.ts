import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { COMPILER_OPTIONS, newFolder, tsconfig } from './run-cli';
import { REFUSED_TYPES, WIRE_RULES, type WireRule } from './wire-rules';

const IMPORTS = `
import { IsArray, IsDate, IsInt, IsObject, IsOptional, IsString, ValidateNested } from 'class-validator';
import { Exclude, Expose, Transform, Type } from 'class-transformer';
import { MessageBody, SocketEvent, SocketGateway, SocketNamespace } from 'moleculer-socket-gateway';
`;

function gatewayOf(rules: readonly WireRule[]): string {
  const declarations = rules.map(({ declarations: text = '' }) => text).join('\n');
  const events = rules.map(({ type, as }, at) =>
    as === 'body'
      ? `@SocketEvent() e${at}(@MessageBody() body: ${type}): void { void body; }`
      : `@SocketEvent() e${at}(): ${type} { throw new Error(); }`,
  );
  return `${IMPORTS}\n${declarations}\n@SocketNamespace('/x') export class RulesGateway extends SocketGateway {\n${events.join('\n')}\n}\n`;
}

/** A line of a client, with the rule that it is about, and whether it must compile. */
interface Line {
  readonly rule: string;
  readonly text: string;
  readonly compiles: boolean;
}

function clientLines(rules: readonly WireRule[]): Line[] {
  return rules.flatMap(({ rule, as, wire, takes = [], refuses = [] }, at) => {
    const type =
      as === 'body' ? `Parameters<Rules['calls']['e${at}']>[0]` : `ReturnType<Rules['calls']['e${at}']>`;
    const same = `export const same${at}: Same<Flat<${type}>, Flat<${wire}>> = true;`;
    const value = (expression: string): string => `((_: ${type}) => _)(${expression});`;
    return [
      { rule, text: same, compiles: true },
      ...takes.map((expression) => ({ rule, text: value(expression), compiles: true })),
      ...refuses.map((expression) => ({ rule, text: value(expression), compiles: false })),
    ];
  });
}

const CLIENT = `
import type { Rules, Tree } from './gateway';
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
/** Names of types say nothing here. */
type Flat<T> = T extends (infer Item)[] & { length: number } ? { [K in keyof T]: Flat<T[K]> } & { item?: Item[] }
  : T extends ArrayBuffer | Tree ? T : T extends object ? { [K in keyof T]: Flat<T[K]> } : T;
export type Unused = Tree;
`;

describe('types on the wire', function () {
  this.timeout(600_000);

  it('are what arrives: each rule takes what it should, and nothing else', async () => {
    const folder = newFolder({ 'tsconfig.json': tsconfig(), 'src/rules.gateway.ts': gatewayOf(WIRE_RULES) });
    const { complained } = await folder.run('types', 'src/*.gateway.ts', '--out', 'web/gateway.ts');
    expect(complained).to.equal('');
    const lines = clientLines(WIRE_RULES);
    const head = CLIENT.trim().split('\n').length;
    folder.write('web/client.ts', `${CLIENT.trim()}\n${lines.map(({ text }) => text).join('\n')}\n`);
    const { options } = ts.convertCompilerOptionsFromJson(COMPILER_OPTIONS, folder.path);
    const program = ts.createProgram([join(folder.path, 'web/client.ts')], options);
    const errors = new Map<number, string[]>();
    for (const { file, start = 0, messageText } of ts.getPreEmitDiagnostics(program)) {
      const line = file?.getLineAndCharacterOfPosition(start).line ?? 0;
      const text = ts.flattenDiagnosticMessageText(messageText, ' ');
      errors.set(line, [...(errors.get(line) ?? []), text]);
    }
    const wrong = lines.flatMap(({ rule, text, compiles }, at) => {
      const found = errors.get(head + at) ?? [];
      errors.delete(head + at);
      if (compiles === (found.length === 0)) return [];
      return [`${rule}: ${text} ${compiles ? `has errors: ${found.join(' ')}` : 'compiles'}`];
    });
    expect(wrong).to.deep.equal([]);
    expect([...errors.values()].flat()).to.deep.equal([]);
  });

  it('do not have what cannot be sent: each is an error with its file and line, as a result, a body, and nested', async () => {
    const events = REFUSED_TYPES.map(
      ([type], at) =>
        `@SocketEvent() e${at}(@MessageBody({ unchecked: true }) body: { part: ${type} }): { list: { part: ${type} }[] } { throw body; }`,
    );
    const text = `${IMPORTS}@SocketNamespace('/x') export class XGateway extends SocketGateway {\n${events.join('\n')}\n}`;
    const folder = newFolder({ 'tsconfig.json': tsconfig(), 'src/x.gateway.ts': text });
    const { complained, exitCode } = await folder.run('types', 'src/*.gateway.ts');
    expect(exitCode).to.equal(1);
    const lines = complained.split('\n');
    expect(lines).to.have.length(2 * REFUSED_TYPES.length);
    const first = IMPORTS.split('\n').length + 1;
    for (const [at, [, sentence]] of REFUSED_TYPES.entries()) {
      const where = `src/x.gateway.ts:${first + at}:`;
      const found = lines.filter((line) => line.startsWith(where));
      const shapes = [
        new RegExp(
          `XGateway\\.e${at}: in its argument 'body', 'part' \\(src/x\\.gateway\\.ts:${first + at}:\\d+\\) (.*)$`,
        ),
        new RegExp(
          `XGateway\\.e${at}: in its result, 'list\\[\\]\\.part' \\(src/x\\.gateway\\.ts:${first + at}:\\d+\\) (.*)$`,
        ),
      ];
      for (const shape of shapes) {
        const rest = found.map((line) => shape.exec(line)?.[1]).find((one) => one !== undefined);
        expect(rest, found.join('\n')).to.match(sentence);
      }
    }
  });

  it('need a name of @Expose that is known', async () => {
    const text = `${IMPORTS}
      class Late { @Expose({ name: process.env['NAME'] ?? 'x' }) @IsString() text!: string }
      @SocketNamespace('/x') export class XGateway extends SocketGateway {
        @SocketEvent() send(@MessageBody() late: Late) { return late.text; }
      }`;
    const folder = newFolder({ 'tsconfig.json': tsconfig(), 'src/x.gateway.ts': text });
    expect((await folder.run('types', 'src/*.gateway.ts')).complained).to.match(
      /^src\/x\.gateway\.ts:8:29: XGateway\.send: in its argument 'late', 'text' \(src\/x\.gateway\.ts:6:36\) has a name in @Expose that is not known before the program runs; write a text$/,
    );
  });
});
