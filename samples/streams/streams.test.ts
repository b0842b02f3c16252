import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { io, type Socket } from 'socket.io-client';
import { typed, type TypedClient } from 'moleculer-socket-gateway/client';
import { start } from './main';
import type { Picture } from './messages';
import type { Studio } from './page/gateway';

/** The smallest PNG, and something that only begins like one. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

describe('samples/streams', () => {
  let server: Awaited<ReturnType<typeof start>>;
  let socket: Socket;
  let studio: TypedClient<Studio>;

  beforeEach(async () => {
    server = await start(0);
    socket = io(`http://localhost:${server.port}/studio`, { forceNew: true, transports: ['websocket'] });
    studio = typed<Studio>(socket, { timeout: 20_000 });
    await once(socket as object as NodeJS.EventEmitter, 'connect');
  });
  afterEach(async () => {
    studio.close();
    socket.disconnect();
    await server.stop();
  });

  it('saves pictures, shows them to everybody, and lists them', async () => {
    const told = new Promise<Picture>((resolve) => studio.on('picture', resolve));
    const large = Buffer.concat([PIXEL, Buffer.alloc(300_000)]);
    const picture = await studio.upload('upload', { name: 'dot.png' }, large);
    expect(picture).to.deep.equal({ id: 1, name: 'dot.png', bytes: large.length, url: '/pictures/1' });
    expect(await told).to.deep.equal(picture);
    await studio.upload('upload', { name: 'dot.png' }, PIXEL);
    expect((await studio.call('pictures')).map(({ id }) => id)).to.deep.equal([2, 1]);
    const response = await fetch(`http://localhost:${server.port}${picture.url}`);
    expect(response.headers.get('content-type')).to.equal('image/png');
    expect(Buffer.from(await response.arrayBuffer()).equals(large)).to.equal(true);
  });

  it('refuses what is no picture, and what is too large', async () => {
    const refusal = (source: Buffer | Readable): Promise<unknown> =>
      studio.upload('upload', { name: 'a' }, source).catch((error: unknown) => error);
    expect(await refusal(Buffer.alloc(3_000_000))).to.include({ code: 400, type: 'NOT_A_PICTURE' });
    expect(await refusal(Buffer.alloc(0))).to.include({ code: 400, type: 'NOT_A_PICTURE' });
    expect(await refusal(Buffer.concat([PIXEL, Buffer.alloc(21 * 1024 * 1024)]))).to.include({ code: 413 });
    expect(await studio.call('pictures')).to.deep.equal([]);
  });

  it('exports as many rows as are asked for, and stops where the client does', async () => {
    let count = 0;
    for await (const { id } of studio.stream('export', { rows: 20_000 })) expect(id).to.equal(++count);
    expect(count).to.equal(20_000);
    for await (const { id } of studio.stream('export', { rows: 10_000_000 })) if (id === 5000) break;
  });

  it('answers word by word', async () => {
    const words: string[] = [];
    for await (const word of studio.stream('ask', { text: 'Tea?' })) if (words.push(word) === 4) break;
    expect(words.join('')).to.equal('You asked: “Tea?” A ');
  });
});
