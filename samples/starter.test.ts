import { expect } from 'chai';
import { testGateway } from 'moleculer-socket-gateway/testing';
import { run } from '../src/cli/run';
import { join } from 'node:path';
import { NotesGateway } from './starter/src/notes.gateway';

/*
 * What a copy of the starter does, built and run with the packed library, is tested by test/package. Its own test runs there, too.
 */

describe('samples/starter', () => {
  it('shows notes to all clients but their writer', async () => {
    const notes = await testGateway(NotesGateway);
    const [ada, ben] = [
      await notes.connect({ auth: { name: 'ada' } }),
      await notes.connect({ auth: { name: 'ben' } }),
    ];
    const written = await ada.emit<object>('write', { text: 'Tea is ready.' });
    expect(await ben.received('note')).to.deep.equal([written]);
    await notes.settled();
    expect(ada.events).to.deep.equal([]);
    await notes.close();
  });

  it('has types for clients that are up to date', async function () {
    this.timeout(120_000);
    const complaints: string[] = [];
    const exitCode = await run(
      [
        'types',
        'src/**/*.gateway.ts',
        '--out',
        'client/notes.ts',
        '--project',
        '../../tsconfig.json',
        '--check',
      ],
      {
        folder: join(__dirname, 'starter'),
        say: () => undefined,
        complain: (line) => void complaints.push(line),
        signal: new AbortController().signal,
      },
    );
    expect(complaints.join('\n')).to.equal('');
    expect(exitCode).to.equal(0);
  });
});
