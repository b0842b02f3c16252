import { expect } from 'chai';
import fc from 'fast-check';
import { printable, printableLines } from '../../src/plan/printable';

/** Written with codes: an editor may not show them. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const anyText = fc.string({ unit: 'binary', maxLength: 300 });

describe('a text that is shown', () => {
  it('has at most 100 characters, no control characters, and no half of a pair', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const shown = printable(text);
        expect(shown.length).to.be.at.most(100);
        expect(shown).not.to.match(UNPRINTABLE);
      }),
    );
    expect(printable(`${'x'.repeat(99)}\ud83d\ude00`)).to.equal(`${'x'.repeat(99)}\ufffd`);
  });

  it('is what it was where it is short and harmless', () => {
    for (const text of ['', 'math.add', 'größe', '日本語', '\ud83d\ude00', '<b>', "it's", 'a b'])
      expect(printable(text)).to.equal(text);
  });

  it('shows what was replaced', () => {
    expect(printable('a\nb\u0000c\u001b[31m\u202ed\u2028')).to.equal(
      'a\ufffdb\ufffdc\ufffd[31m\ufffdd\ufffd',
    );
  });
});

describe('the description of an error', () => {
  it('has no line that looks like another one of the log', () => {
    const lines = printableLines(
      'Error: no\nERROR all is lost\r\n} ERROR again\n\tat x\n    at y {\n  a: 1\n}',
    );
    expect(lines).to.equal(
      'Error: no\n    ERROR all is lost\ufffd\n    } ERROR again\n\tat x\n    at y {\n  a: 1\n}',
    );
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '\n', '}', ' ', '\r', '\u2028'), maxLength: 20 }),
        (text) => {
          for (const line of printableLines(text).split('\n').slice(1)) expect(line).to.match(/^(\s.*|\}?)$/);
        },
      ),
    );
  });

  it('is bounded, and ends as it ended', () => {
    const lines = printableLines(`Error: ${'x'.repeat(1_000_000)}\n    at the end`);
    expect(lines.length).to.be.lessThan(10_100);
    expect(lines.endsWith('\n    at the end')).to.equal(true);
  });
});
