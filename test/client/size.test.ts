import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import ts from 'typescript';

const BUDGET_BYTES = 6 * 1024;
const FOLDER = join(__dirname, '../../src/client');

describe('the client', () => {
  it('is smaller than its budget, even before names are shortened', () => {
    const code = readdirSync(FOLDER).map((file) => {
      const { outputText } = ts.transpileModule(readFileSync(join(FOLDER, file), 'utf8'), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2022,
          module: ts.ModuleKind.ESNext,
          removeComments: true,
        },
      });
      return outputText.replaceAll(/^\s+/gm, '');
    });
    expect(gzipSync(code.join('\n')).byteLength).to.be.below(BUDGET_BYTES);
  });

  it('imports nothing but types', () => {
    for (const file of readdirSync(FOLDER)) {
      const source = ts.createSourceFile(
        file,
        readFileSync(join(FOLDER, file), 'utf8'),
        ts.ScriptTarget.Latest,
      );
      for (const statement of source.statements) {
        if (
          !ts.isImportDeclaration(statement) ||
          statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword
        )
          continue;
        expect((statement.moduleSpecifier as ts.StringLiteral).text).to.match(/^\.\//);
      }
    }
  });
});
