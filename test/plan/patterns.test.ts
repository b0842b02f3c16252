import { expect } from 'chai';
import fc from 'fast-check';
import { compileGlob, compilePattern, compilePatterns, compileWildcard } from '../../src/plan/patterns';
import { quickest } from '../support/quickest';

/** What a glob means, by trying all ways: slow, and easy to believe. */
function matchesSlowly(glob: string, name: string): boolean {
  if (glob === '') return name === '';
  if (glob.startsWith('**')) {
    const rest = glob.replace(/^\*+/, '');
    return Array.from({ length: name.length + 1 }, (_none, at) => name.slice(at)).some((end) =>
      matchesSlowly(rest, end),
    );
  }
  const [first] = name;
  if (glob.startsWith('*')) {
    if (matchesSlowly(glob.slice(1), name)) return true;
    return first !== undefined && first !== '.' && matchesSlowly(glob, name.slice(1));
  }
  if (first === undefined || (glob.startsWith('?') ? first === '.' : !glob.startsWith(first))) return false;
  return matchesSlowly(glob.slice(1), name.slice(1));
}

/** Few different characters, so that much matches by chance. */
const text = (characters: string, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...characters.split('')), maxLength });

describe('a glob', () => {
  it('matches what it means, whatever it and the name are', () => {
    fc.assert(
      fc.property(text('ab.*?$', 9), text('ab.$', 9), (glob, name) => {
        expect(compileGlob(glob)(name), `${glob} ${name}`).to.equal(matchesSlowly(glob, name));
      }),
      { numRuns: 5000 },
    );
  });

  it('matches names that are made from it', () => {
    const part = fc.oneof(
      text('ab.', 3).map((literal) => [literal, literal] as const),
      text('ab', 4).map((some) => ['*', some] as const),
      text('ab.', 5).map((some) => ['**', some] as const),
      fc.constantFrom('a', 'b').map((one) => ['?', one] as const),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
        const glob = parts.map(([wildcard]) => wildcard).join('');
        const name = parts.map(([, made]) => made).join('');
        // Two stars that meet are another wildcard, which matches more.
        expect(compileGlob(glob)(name), `${glob} ${name}`).to.equal(true);
      }),
      { numRuns: 2000 },
    );
  });

  const CASES: [string, readonly string[], readonly string[]][] = [
    ['math.add', ['math.add'], ['mathXadd', 'math.add2', 'math', '']],
    ['math.*', ['math.add', 'math.'], ['math', 'math.add.deep', 'mathXadd', 'maths.add']],
    ['math.**', ['math.add', 'math.add.deep', 'math.'], ['math', 'mathXadd']],
    ['**.public', ['users.public', 'a.b.public', '.public'], ['users.nonpublic', 'usersXpublic', 'public']],
    ['*.public', ['users.public'], ['a.b.public', 'users.nonpublic', 'usersXpublic']],
    ['**', ['', 'a', 'a.b.c', '\n'], []],
    ['*', ['', 'a'], ['a.b', '.']],
    ['order*', ['order', 'orders'], ['order.paid', 'order.']],
    ['a?c', ['abc', 'a\nc'], ['ac', 'a.c', 'abbc']],
    ['a.*.c', ['a.b.c', 'a..c'], ['a.c', 'a.b.b.c', 'aXbXc']],
    ['a.**.c', ['a.b.c', 'a.b.b.c', 'a..c'], ['a.c', 'a.b.cX']],
    ['***', ['', 'a.b'], []],
    ['$node.*', ['$node.list'], ['node.list', 'X$node.list']],
    ['(a|b).[c]+', ['(a|b).[c]+'], ['a.c', 'b.cc']],
    ['x.(*)', ['x.(y)'], ['x.y', 'x.()y']],
    ['a**b*c', ['abc', 'a.b.bc', 'ab.bxc'], ['ab.c', 'a.b.c.', 'abx.xc']],
  ];
  for (const [glob, matching, others] of CASES) {
    it(`'${glob}' matches ${JSON.stringify(matching)}, not ${JSON.stringify(others)}`, () => {
      for (const name of matching) expect(compileGlob(glob)(name), name).to.equal(true);
      for (const name of others) expect(compileGlob(glob)(name), name).to.equal(false);
    });
  }

  it('takes time in proportion to the name, whatever the name is', () => {
    for (const [glob, part] of [
      ['users.*secret*', 'users.secre'],
      ['*-*-*-*-*-*x', '-'],
      ['**a**b**c**d', 'abc'],
      ['*.*.*.*.*.*.x?', '.'],
      ['**.*a*a*a*a*b?', 'a'],
      ['?*?*?*?*?*.', 'aa'],
    ] as const) {
      const matches = compileGlob(glob);
      const [short, long] = [20_000, 200_000].map((length) => part.repeat(length / part.length)) as [
        string,
        string,
      ];
      expect(matches(long), glob).to.equal(false);
      const [fast, slow] = [quickest(() => matches(short)), quickest(() => matches(long))];
      // Ten times the length. Backtracking would take a hundred times as long with one star, and years with more.
      expect(slow, glob).to.be.lessThan(Math.max(50 * fast, 100));
    }
  });
});

describe('a wildcard', () => {
  it('is any text, dots included, and nothing else means anything', () => {
    fc.assert(
      fc.property(text('ab.*?', 9), text('ab.?', 9), (wildcard, given) => {
        const expression = wildcard.replace(/[.?]/g, '\\$&').replaceAll('*', '[^]*');
        expect(compileWildcard(wildcard)(given), `${wildcard} ${given}`).to.equal(
          new RegExp(`^${expression}$`).test(given),
        );
      }),
      { numRuns: 3000 },
    );
  });
});

describe('a list of patterns', () => {
  it('matches what one of them matches', () => {
    const matches = compilePatterns(['a.b', 'c.*', /^d\.\w+$/]);
    expect(['a.b', 'c.x', 'd.y', 'a.c', 'c.x.y', 'd.'].filter(matches)).to.deep.equal(['a.b', 'c.x', 'd.y']);
    expect(compilePatterns([])('a')).to.equal(false);
  });

  for (const flags of ['g', 'y', 'gy', 'gi']) {
    it(`remembers nothing of an expression with the flags ${flags}, and leaves it alone`, () => {
      const expression = new RegExp('a', flags);
      const matches = compilePattern(expression);
      expect(['a', 'a', 'a'].map(matches)).to.deep.equal([true, true, true]);
      expect(expression.lastIndex).to.equal(0);
    });
  }
});
