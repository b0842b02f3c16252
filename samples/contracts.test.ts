import { join } from 'node:path';
import { expect } from 'chai';
import { run } from '../src/cli/run';

const ROOT = join(__dirname, '..');
/** `npm run contracts` writes the files. Otherwise they are compared with what they would be. */
const MODE = process.env.WRITE_CONTRACTS ? [] : ['--check'];

async function command(...args: string[]): Promise<string> {
  const complaints: string[] = [];
  const exitCode = await run([...args, ...MODE], {
    folder: ROOT,
    say: () => undefined,
    complain: (line) => void complaints.push(line),
    signal: new AbortController().signal,
  });
  return exitCode === 0 ? '' : `${complaints.join('\n')}\nAll of them: npm run contracts`;
}

describe('the contracts of the samples', function () {
  this.timeout(120_000);

  for (const [sample, title] of [
    ['chat', 'Chat'],
    ['orders', 'Orders'],
    ['streams', 'Studio'],
  ] as const) {
    const gateway = `samples/${sample}/*-gateway.ts`;

    it(`are up to date: ${sample}`, async () => {
      const out = `samples/${sample}/asyncapi.yaml`;
      expect(
        await command('contract', gateway, '--out', out, '--title', title, '--api-version', '1.0.0'),
      ).to.equal('');
    });

    it(`are what the page is typed by: ${sample}`, async () => {
      expect(await command('types', gateway, '--out', `samples/${sample}/page/gateway.d.ts`)).to.equal('');
    });
  }
});
