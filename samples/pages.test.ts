import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';

/** The scripts of pages, which TypeScript checks against the types of their gateways. `null` of the DOM is left alone. */
const OPTIONS: ts.CompilerOptions = {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  strict: false,
  skipLibCheck: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: [],
  paths: { 'moleculer-socket-gateway/client': [join(__dirname, '../src/client/index.ts')] },
};

/** Returns what is wrong with a script. */
function check(script: string, change: (text: string) => string = (text) => text): string[] {
  const file = join(__dirname, script);
  const host = ts.createCompilerHost(OPTIONS);
  const { readFile } = host;
  host.readFile = (name) => (name === file ? change(readFileSync(file, 'utf8')) : readFile.call(host, name));
  const { getSourceFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file
      ? ts.createSourceFile(name, change(readFileSync(file, 'utf8')), ts.ScriptTarget.ES2022, true)
      : getSourceFile.call(host, name, ...rest);
  const program = ts.createProgram([file, join(__dirname, 'page-globals.d.ts')], OPTIONS, host);
  const source = program.getSourceFile(file);
  return ts.getPreEmitDiagnostics(program, source).map(({ messageText, start = 0 }) => {
    const line = (source?.text.slice(0, start).split('\n').length ?? 0).toString();
    return `${script}:${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
  });
}

describe('the scripts of the pages', function () {
  this.timeout(60_000);

  it('fit the types of their gateways', () => {
    expect([
      ...check('orders/page/orders.js'),
      ...check('chat/page/chat.js'),
      ...check('streams/page/studio.mjs'),
    ]).to.deep.equal([]);
  });

  it('would not, if they sent or awaited something else', () => {
    expect(
      check('orders/page/orders.js', (text) => text.replaceAll('order.updated', 'order.update')),
    ).to.have.length(1);
    expect(
      check('streams/page/studio.mjs', (text) => text.replaceAll("'export', {", "'exprt', {")),
    ).to.not.deep.equal([]);
    expect(check('chat/page/chat.js', (text) => text.replaceAll("'typing'", "'typng'"))).to.not.deep.equal(
      [],
    );
  });
});
