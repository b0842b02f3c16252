import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';

const ROOT = join(__dirname, '../..');
const FOLDER = 'test/processes/leftovers';

/** What a run of each file reports. */
const reports: Record<string, string> = {
  'late-error.ts': 'thrown after a test',
  'late-rejection.ts': 'rejected after a test',
  'open-interval.ts': `Still open after the last test, of ${FOLDER}/open-interval.ts: Timeout`,
  'open-server.ts': `Still open after the last test, of ${FOLDER}/open-server.ts: TCPServerWrap`,
  'output.ts': 'the suite is silent, but it printed:\n  prints: console.log: said by a test',
  'rejection.ts': 'rejected in a test',
};

/** Runs files with the configuration of the suite. */
async function run(...args: string[]): Promise<{ code: number; output: string }> {
  const mocha = spawn(process.execPath, ['node_modules/mocha/bin/mocha.js', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [output, [code]] = await Promise.all([text(mocha.stdout), once(mocha, 'close')]);
  return { code: code as number, output };
}

describe('a run of the suite', () => {
  it('fails for what tests leave behind, in each worker', async () => {
    const files = readdirSync(join(ROOT, FOLDER));
    expect(Object.keys(reports)).to.have.members(files);
    const { code, output } = await run('--parallel', '--jobs', '3', `${FOLDER}/*.ts`);
    for (const report of Object.values(reports)) expect(output).to.contain(report);
    expect(output).to.contain(`${files.length} failing`);
    expect(code).to.equal(files.length);
  });

  it('fails for an open handle without workers, and ends', async () => {
    const { code, output } = await run(`${FOLDER}/open-interval.ts`);
    expect(output).to.contain(reports['open-interval.ts']);
    expect(code).to.equal(1);
  });
});
