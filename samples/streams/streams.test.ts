import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { testGateway, type TestClient, type TestGateway } from 'moleculer-socket-gateway/testing';
import type { Picture } from './messages';
import { StudioGateway } from './studio-gateway';

/** The smallest PNG, and something that only begins like one. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('samples/streams', () => {
  let studio: TestGateway<StudioGateway>;
  let ada: TestClient;

  beforeEach(async () => {
    studio = await testGateway(StudioGateway, { timeout: 20_000 });
    ada = await studio.connect();
  });
  afterEach(() => studio.close());

  it('saves pictures, shows them to everybody, and lists them', async () => {
    const ben = await studio.connect();
    const large = Buffer.concat([PIXEL, Buffer.alloc(300_000)]);
    const picture = await ada.upload<Picture>('upload', { name: 'dot.png' }, large);
    expect(picture).to.deep.equal({ id: 1, name: 'dot.png', bytes: large.length, url: '/pictures/1' });
    expect(await ben.received('picture')).to.deep.equal([picture]);
    await ada.upload('upload', { name: 'dot.png' }, PIXEL);
    expect((await ada.emit<Picture[]>('pictures')).map(({ id }) => id)).to.deep.equal([2, 1]);
    const saved = studio.service.store.open(1);
    expect(saved?.type).to.equal('image/png');
    expect(Buffer.concat((await saved?.stream.toArray()) as Buffer[]).equals(large)).to.equal(true);
  });

  it('refuses what is no picture, and what is too large', async () => {
    const refusal = (source: Buffer | Readable): Promise<unknown> =>
      ada.upload('upload', { name: 'a' }, source).catch((error: unknown) => error);
    expect(await refusal(Buffer.alloc(3_000_000))).to.include({ code: 400, type: 'NOT_A_PICTURE' });
    expect(await refusal(Buffer.alloc(0))).to.include({ code: 400, type: 'NOT_A_PICTURE' });
    expect(await refusal(Buffer.concat([PIXEL, Buffer.alloc(21 * 1024 * 1024)]))).to.include({ code: 413 });
    expect(await ada.emit('pictures')).to.deep.equal([]);
  });

  it('exports as many rows as are asked for, and stops where the client does', async () => {
    let count = 0;
    for await (const { id } of ada.stream('export', { rows: 20_000 })) expect(id).to.equal(++count);
    expect(count).to.equal(20_000);
    for await (const { id } of ada.stream('export', { rows: 10_000_000 })) if (id === 5000) break;
  });

  it('answers word by word', async () => {
    const words: string[] = [];
    for await (const word of ada.stream('ask', { text: 'Tea?' })) if (words.push(word) === 4) break;
    expect(words.join('')).to.equal('You asked: “Tea?” A ');
  });
});
