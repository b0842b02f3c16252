import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Parser } from '@asyncapi/parser';
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
  this.timeout(600_000);

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

/** Returns the samples that have gateways, with the files that declare them. What starts a broker is in main.ts. */
function samplesWithGateways(): [sample: string, files: string[]][] {
  return readdirSync(__dirname, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [];
    const folders = [entry.name, join(entry.name, 'services')].filter((one) =>
      existsSync(join(__dirname, one)),
    );
    const files = folders
      .flatMap((folder) => readdirSync(join(__dirname, folder)).map((file) => join(folder, file)))
      .filter((file) => /(?<!\.test|main)\.ts$/.test(file))
      .filter((file) => /^@SocketNamespace\(/m.test(readFileSync(join(__dirname, file), 'utf8')));
    return files.length > 0 ? [[entry.name, files.map((file) => join('samples', file))]] : [];
  });
}

describe('the official parser of AsyncAPI', function () {
  this.timeout(600_000);

  const samples = samplesWithGateways();
  let parser: Parser;

  before(() => {
    parser = new Parser();
  });

  it('is given all samples', () => {
    expect(samples.map(([sample]) => sample)).to.include.members([
      'chat',
      'orders',
      'runner',
      'login',
      'jwt',
    ]);
  });

  for (const [sample, files] of samples) {
    it(`has no diagnostic for the contract of a sample: ${sample}`, async () => {
      const [said, complained]: [string[], string[]] = [[], []];
      const exitCode = await run(['contract', ...files], {
        folder: ROOT,
        say: (line) => void said.push(line),
        complain: (line) => void complained.push(line),
        signal: new AbortController().signal,
      });
      expect(complained.join('\n')).to.equal('');
      expect(exitCode).to.equal(0);
      const { document, diagnostics } = await parser.parse(said.join('\n'));
      expect(diagnostics.map(({ message, path }) => `${path.join('.')}: ${message}`)).to.deep.equal([]);
      expect(document?.allOperations().isEmpty()).to.equal(false);
    });
  }
});
