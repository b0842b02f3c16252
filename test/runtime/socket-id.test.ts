import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { createSocketId, isSocketId } from '../../src/plan/socket-id';

const random = () => randomBytes(15).toString('base64url');

describe('ids of sockets', () => {
  it('are of 20 characters that need no encoding, and told from all other names', () => {
    const ids = new Set<string>();
    for (let n = 0; n < 10_000; n++) {
      const id = createSocketId(random());
      expect(id).to.match(/^[\w-]{20}$/);
      expect(isSocketId(id), id).to.equal(true);
      ids.add(id);
    }
    expect(ids.size).to.equal(10_000);
    for (let n = 0; n < 10_000; n++) expect(isSocketId(random())).to.equal(false);
  });

  it('keep what is random in an id of Socket.IO', () => {
    const base = random();
    expect(createSocketId(base).slice(0, 15)).to.equal(base.slice(0, 15));
    expect(createSocketId(base)).to.equal(createSocketId(base));
  });

  it('are no longer ids with one character changed, added or removed', () => {
    const id = createSocketId(random());
    for (let at = 0; at < id.length; at++) {
      const other = id[at] === 'a' ? 'b' : 'a';
      expect(isSocketId(id.slice(0, at) + other + id.slice(at + 1)), `${id} at ${at}`).to.equal(false);
    }
    for (const name of ['', `${id}a`, `a${id}`, id.slice(1), `#${id}`, id.toLowerCase() + ' '])
      expect(isSocketId(name)).to.equal(false);
  });
});
