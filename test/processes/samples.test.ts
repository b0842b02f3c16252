import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';

/*
 * Every sample starts with `npm run sample -- <name>`, says what to do next, and ends with SIGTERM.
 */

const ROOT = join(__dirname, '../..');
const SAMPLES = readdirSync(join(ROOT, 'samples'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Runs scripts/sample.js until it has printed something that fits, or has ended. Returns what it printed, and how it ended. */
async function run(args: readonly string[], wanted?: RegExp) {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/sample.js'), ...args], {
    cwd: ROOT,
    env: { ...process.env, PORT: '0', METRICS_PORT: '0' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (part: Buffer) => {
      printed += String(part);
      if (wanted?.test(printed)) child.kill('SIGTERM');
    });
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, printed };
}

describe('npm run sample', function () {
  this.timeout(120_000);

  for (const name of SAMPLES) {
    it(`starts ${name}, which says what to do next`, async () => {
      const { code, signal, printed } = await run([name], /(Next, [^]* try|Open http|is open: http)[^]*\n$/);
      expect(printed).to.match(/http:\/\/localhost:\d+|npm run sample -- runner try/);
      // The signal may come before the sample listens to it.
      expect(code ?? signal, printed).to.be.oneOf([0, 'SIGTERM']);
    });
  }

  it('lists all samples, each with a sentence', async () => {
    const { printed } = await run([]);
    for (const name of SAMPLES) expect(printed).to.match(new RegExp(`^  ${name} +\\w.+\\.$`, 'm'));
  });

  it('says which samples there are, if there is none of that name', async () => {
    const { code, printed } = await run(['nothing']);
    expect(printed).to.include("There is no sample 'nothing'. There are: auto-expose, ");
    expect(code).to.equal(1);
  });
});
