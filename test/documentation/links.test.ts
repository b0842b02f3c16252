import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { expect } from 'chai';
import { anchorsOf, withoutCode } from '../../scripts/heading-slug.js';
import { files as published } from '../../package.json';
import { markdownFiles } from './code-blocks';

/*
 * Every link of a Markdown file leads somewhere: the file is there, and the heading, if the link names one.
 */

const ROOT = join(__dirname, '../..');
const LINK = /\]\(([^)\s]+)\)/g;

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

interface Link {
  /** As it is written. */
  readonly target: string;
  /** The file that it leads to, relative to the repository. */
  readonly file: string;
  readonly anchor: string | undefined;
}

/** Returns the links of a file within the repository. */
function linksOf(file: string): Link[] {
  return [
    ...withoutCode(textOf(file))
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(LINK),
  ]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor] = target.split('#');
      return {
        target,
        file: path === '' ? file : relative(ROOT, join(ROOT, dirname(file), decodeURI(path))),
        anchor,
      };
    });
}

/** Returns true if the package on the registry has the file. */
function isPublished(file: string): boolean {
  return published.some((pattern) => {
    const expression = pattern.replace(/[.+]/g, '\\$&').replaceAll('*', '[^/]*');
    return new RegExp(`^${expression}(/.*)?$`).test(file.split(sep).join('/'));
  });
}

describe('the links of the documentation', () => {
  const files = markdownFiles();

  it('are found', () => {
    expect(files).to.include.members(['README.md', join('docs', 'index.md')]);
    expect(linksOf('README.md').length).to.be.greaterThan(30);
    expect(linksOf(join('docs', 'errors.md'))).to.deep.include({
      target: 'payloads.md#what-the-client-gets',
      file: join('docs', 'payloads.md'),
      anchor: 'what-the-client-gets',
    });
  });

  for (const file of files) {
    it(`lead somewhere: ${file}`, () => {
      const broken = linksOf(file).filter((link) => {
        if (!existsSync(join(ROOT, link.file))) return true;
        return link.anchor !== undefined && !anchorsOf(textOf(link.file)).has(link.anchor);
      });
      expect(broken.map(({ target }) => target)).to.deep.equal([]);
    });
  }

  it('of the README lead to files of the package, so that they work on the registry', () => {
    const outside = linksOf('README.md').filter(({ file }) => file !== 'README.md' && !isPublished(file));
    expect(outside.map(({ target }) => target)).to.deep.equal([]);
  });

  it('reach every page of docs from its index', () => {
    const reached = new Set(linksOf(join('docs', 'index.md')).map(({ file }) => file));
    // Pages that the index does not name are in the navigation of the site, which lists all files.
    for (const page of ['events', 'payloads', 'users', 'errors', 'options', 'troubleshooting'])
      expect([...reached]).to.include(join('docs', `${page}.md`));
  });

  it('has a README that is short enough to be read', () => {
    expect(textOf('README.md').split('\n').length).to.be.at.most(250);
  });
});
