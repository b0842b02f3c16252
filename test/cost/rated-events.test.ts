import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';

const ROOT = join(__dirname, '../..');

describe('the cost of metrics', () => {
  it('what counts stays compiled when Moleculer has worked out a rate', () => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      [
        '--allow-natives-syntax',
        ...['test/setup/moleculer-version.js', 'test/support/compile-once.js'].flatMap((file) => [
          '-r',
          join(ROOT, file),
        ]),
        join(__dirname, 'rated-events.ts'),
      ],
      { cwd: ROOT, encoding: 'utf8' },
    );
    expect(stderr).to.equal('');
    const { rates, isCompiled } = JSON.parse(stdout) as { rates: number[]; isCompiled: boolean };
    expect(rates).to.have.lengthOf(2);
    expect(rates[0], 'the rate of the event').not.to.satisfy(Number.isInteger);
    expect(rates[1], 'the rate of no event').to.equal(0);
    expect(isCompiled).to.equal(true);
  });
});
