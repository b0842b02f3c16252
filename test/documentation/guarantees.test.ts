import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';

const docs = join(__dirname, '../../docs');
const text = readFileSync(join(docs, 'guarantees.md'), 'utf8');
const LINK = /\[([^\]]+)\]\((\.\.\/[^)]+)\)/g;

/** All texts of a file: titles are written as they are, in tables, and with something in the middle. */
function textsOf(file: string): string[] {
  const texts: string[] = [];
  const look = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node)) {
      texts.push(node.text);
    }
    node.forEachChild(look);
  };
  look(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest));
  return texts;
}

describe('the guarantees', () => {
  const [promised = '', notPromised] = text.split('## What is not promised');
  const links = [...text.matchAll(LINK)].map(([, title = '', path = '']) => ({ title, path }));

  it('have a test each', () => {
    expect(notPromised).to.be.a('string');
    const promises = promised.split(/^- /m).slice(1);
    expect(promises).to.have.length.above(40);
    for (const promise of promises) expect(promise).to.include('](../test/');
  });

  for (const path of new Set(links.map((link) => link.path))) {
    it(`lead to tests that there are: ${path}`, () => {
      const file = join(docs, path);
      expect(existsSync(file), path).to.equal(true);
      const texts = textsOf(file);
      for (const { title } of links.filter((link) => link.path === path)) {
        expect(
          texts.some((one) => one.includes(title)),
          title,
        ).to.equal(true);
      }
    });
  }
});
