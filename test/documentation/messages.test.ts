import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { errorTypes, sourceTexts } from './source-texts';

const DOCS = join(__dirname, '../../docs');
const read = (file: string): string => readFileSync(join(DOCS, file), 'utf8');

/** Texts of other libraries, which are on the page because users look for them. */
const FOREIGN = ['connect_error', 'Session ID unknown', 'Invalid namespace', 'CLUSTER_', 'broker.st'];

/** Returns the messages that a page explains: those in the first column of its tables. `…` stands for what differs. */
const explained = (page: string): string[] =>
  [...page.matchAll(/^\| (.+?) \|/gm)]
    .map(([, cell = '']) => cell)
    .flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, message = '']) => message))
    .filter((message) => !FOREIGN.some((one) => message.startsWith(one)));

/** Returns the parts of a message that are always the same. */
const partsOf = (message: string): string[] =>
  message
    .split('…')
    .map((part) => part.trim())
    .filter((part) => /\w{2}/.test(part));

describe('the messages that the documentation explains', () => {
  const texts = sourceTexts().map((text) => text.replaceAll(/\s+/g, ' '));
  const [, page = ''] = read('troubleshooting.md').split('## When it does not start');
  const messages = explained(page);

  it('are found', () => {
    expect(messages.length).to.be.greaterThan(80);
  });

  for (const message of messages) {
    it(`are those of the source: ${message}`, () => {
      for (const part of partsOf(message)) {
        const found = texts.some((text) => text.includes(part));
        expect(found, part).to.equal(true);
      }
    });
  }
});

describe('the types of errors', () => {
  it('are all explained', () => {
    const page = read('errors.md');
    const missing = [...errorTypes()].filter((type) => !page.includes(`\`${type}\``));
    expect(missing).to.deep.equal([]);
  });
});
