import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { errorTypes, messagesOf, sourceTexts } from './source-texts';

const DOCS = join(__dirname, '../../docs');
const read = (file: string): string => readFileSync(join(DOCS, file), 'utf8');

/** Texts of other libraries, which are on the page because users look for them. */
const FOREIGN = ['connect_error', 'Session ID unknown', 'Invalid namespace', 'CLUSTER_', 'broker.st'];

/** Texts that are not messages by themselves, or that no user meets. */
const EXCEPTIONS = [
  // The end of a line that is explained.
  ...[
    'Write it: …',
    'the option ',
    'the connection …',
    'the connection of …',
    'something that is not a packet',
  ],
  // `description` of @OnDisconnect, and the reason of an AbortSignal.
  ...['the gateway drains', 'the client has gone'],
  // Answers of HTTP, on the page of the explorer.
  ...['The explorer cannot answer: the log of the server says why.', 'The explorer answers GET and HEAD.'],
  // On docs/errors.md and docs/payloads.md.
  'Parameters validation error!',
  // Caught within the library.
  ...['not sure of this payload', 'more errors than a client is told', 'nothing was thrown'],
  'the action of another service is no handler',
];

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

describe('the messages of the source', () => {
  const [, page = ''] = read('troubleshooting.md').split('## When it does not start');
  const known = explained(page)
    .map(partsOf)
    .filter((parts) => parts.length > 0);
  const isKnown = (text: string): boolean =>
    EXCEPTIONS.includes(text) || known.some((parts) => parts.every((part) => text.includes(part)));

  // Those of compiler and decorators name the member and what to write. The page has the ones that are asked about most.
  for (const folder of ['cli', 'client', 'moleculer-io', 'plan', 'runtime', 'testing', 'validation']) {
    it(`are explained by the page: ${folder}`, () => {
      const messages = messagesOf(folder);
      expect(messages.length).to.be.greaterThan(0);
      expect(messages.filter(({ text }) => !isKnown(text))).to.deep.equal([]);
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
