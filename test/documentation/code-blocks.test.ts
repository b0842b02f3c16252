import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { codeBlocks, moduleOf, type CodeBlock } from './code-blocks';

/*
 * Every block of code in a Markdown file of the repository: TypeScript compiles under `strict`, JavaScript and JSON can be parsed.
 * A block is a whole file, or has a comment before it: `<!-- fragment: members -->`.
 */

const ROOT = join(__dirname, '../..');
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.Node20,
  lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'],
  types: ['node'],
  strict: true,
  noFallthroughCasesInSwitch: true,
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  skipLibCheck: true,
  noEmit: true,
  paths: {
    'moleculer-socket-gateway': [join(ROOT, 'src/index.ts')],
    'moleculer-socket-gateway/*': [join(ROOT, 'src/*/index.ts'), join(ROOT, 'src/*.ts')],
    // React and Vue are installed. Angular and React Native are too large for one recipe each.
    '@angular/core': [join(ROOT, 'test/documentation/angular.ts')],
    'react-native': [join(ROOT, 'test/documentation/react-native.ts')],
    'documentation-fragments': [join(ROOT, 'test/documentation/fragments.ts')],
  },
};

const all = codeBlocks();
/** What is a part of a file is compiled there. */
const blocks = all.filter(({ from }) => from === undefined);
const fileOf = (block: CodeBlock): string =>
  join(ROOT, 'test/documentation', `${block.place.replaceAll(/[/\\:]/g, '-')}.${block.language}`);

/** Compiles modules that are in no file, in one program. Returns what is wrong with each. */
function compile(modules: ReadonlyMap<string, string>): Map<string, string[]> {
  const host = ts.createCompilerHost(OPTIONS);
  const { getSourceFile } = host;
  host.fileExists = (file) => modules.has(file) || ts.sys.fileExists(file);
  host.readFile = (file) => modules.get(file) ?? ts.sys.readFile(file);
  host.getSourceFile = (file, ...rest) => {
    const text = modules.get(file);
    return text === undefined
      ? getSourceFile.call(host, file, ...rest)
      : ts.createSourceFile(file, text, ts.ScriptTarget.ES2022, true);
  };
  const program = ts.createProgram([...modules.keys()], OPTIONS, host);
  return new Map(
    [...modules.keys()].map((file) => [
      file,
      ts.getPreEmitDiagnostics(program, program.getSourceFile(file)).map(({ messageText, start = 0 }) => {
        const text = modules.get(file) as string;
        const line = text.slice(0, start).split('\n').length;
        return `${text.split('\n')[line - 1]?.trim() ?? ''} // ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      }),
    ]),
  );
}

describe('the code in the documentation', () => {
  it('is found', () => {
    const places = new Set(blocks.map(({ place }) => place.replace(/:\d+$/, '')));
    expect(places).to.include('README.md');
    expect(blocks.filter(({ language }) => language === 'ts').length).to.be.greaterThan(10);
  });

  it('has the languages that are checked here', () => {
    const known = ['bash', 'js', 'json', 'nginx', 'sh', 'text', 'ts', 'tsx', 'vue', 'yaml'];
    /** Of clients in other languages, which no tool here can compile. */
    const foreign = ['csharp', 'dart', 'kotlin', 'python', 'swift'];
    expect(blocks.filter(({ language }) => ![...known, ...foreign].includes(language))).to.deep.equal([]);
  });

  describe('of files stands there', () => {
    const trimmed = (code: string): string =>
      code
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .join('\n');
    for (const { place, code, from } of all.filter((block) => block.from !== undefined)) {
      it(place, () => {
        const text = trimmed(readFileSync(join(ROOT, from as string), 'utf8'));
        // A line with … stands for lines that are left out.
        for (const part of trimmed(code).split(/^.*…$/m)) expect(text).to.include(part.trim());
      });
    }
  });

  describe('in TypeScript compiles under strict', function () {
    this.timeout(300_000);
    const modules = new Map(
      blocks.filter(({ language }) => /^tsx?$/.test(language)).map((block) => [fileOf(block), block]),
    );
    let problems: Map<string, string[]>;
    before(() => {
      problems = compile(new Map([...modules].map(([file, block]) => [file, moduleOf(block)])));
    });

    for (const [file, { place }] of modules) {
      it(place, () => {
        expect(problems.get(file)).to.deep.equal([]);
      });
    }
  });

  describe('in JavaScript can be parsed', () => {
    for (const block of blocks.filter(({ language }) => language === 'js')) {
      it(block.place, () => {
        const code = moduleOf(block);
        const { diagnostics } = ts.transpileModule(code, { fileName: 'x.js', reportDiagnostics: true });
        expect(diagnostics?.map(({ messageText }) => messageText)).to.deep.equal([]);
      });
    }
  });

  describe('in JSON can be parsed', () => {
    for (const { place, code } of blocks.filter(({ language }) => language === 'json')) {
      it(place, () => {
        expect(() => JSON.parse(code) as unknown).not.to.throw();
      });
    }
  });
});
