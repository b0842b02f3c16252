import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { built, digestOfSources } from '../../scripts/build-explorer';

describe('src/explorer/built-page.ts', () => {
  it('is built from the sources as they are now (npm run build:explorer)', () => {
    expect(readFileSync(built, 'utf8')).to.include(digestOfSources());
  });
});
