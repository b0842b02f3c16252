/**
 * Drives the page of samples/streams in headless Chromium: files are dropped, connections break, exports are cancelled.
 * Part of `npm run test:browser`. Pictures go to .ci/out.
 */
import { join } from 'node:path';
import { deflateSync, crc32 } from 'node:zlib';
import { type Browser, type Page, type WebSocketRoute } from 'playwright-core';
import { start } from '../../samples/streams/main';
import type { SocketSession } from '../../src/runtime/model';
import { sessionOf } from '../../src/runtime/socket-io/socket-session';

const PICTURES = join(__dirname, '../../.ci/out');
/** Milliseconds for anything that the page does. */
const TIMEOUT_MS = 20_000;

type Studio = Awaited<ReturnType<typeof start>>;

/** What the page complained about. */
const complaints: string[] = [];
/** Connections that break are reported by the browser. */
let mayBreak = false;
/** Chunks of bytes from the page wait here while they are held. */
let held: (() => void)[] | undefined;
let connection: WebSocketRoute | undefined;

async function openPage(browser: Browser, options: object): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (entry) => {
    if (entry.type() !== 'error' && entry.type() !== 'warning') return;
    if (!(mayBreak && /ERR_CONNECTION|WebSocket|404/.test(entry.text()))) complaints.push(entry.text());
  });
  return page;
}

/** Lets the test hold the chunks of the page, and break its connection. */
async function meddle(page: Page): Promise<void> {
  await page.routeWebSocket(/socket\.io/, (socket) => {
    connection = socket;
    const server = socket.connectToServer();
    socket.onMessage((message) => {
      const send = (): void => server.send(message);
      if (held && typeof message !== 'string') held.push(send);
      else if (held && held.length > 0) held.push(send);
      else send();
    });
  });
}

function hold(): void {
  held = [];
}

function release(): void {
  const waiting = held ?? [];
  held = undefined;
  for (const send of waiting) send();
}

async function step(name: string, check: () => Promise<unknown>): Promise<void> {
  try {
    await check();
  } catch (error) {
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (complaints.length > 0) throw new Error(`${name}: the page complained: ${complaints.join('; ')}`);
  console.log(`  ok  ${name}`);
}

async function until(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + TIMEOUT_MS; !(await check()); await new Promise((go) => setTimeout(go, 20)))
    if (Date.now() > end) throw new Error(what);
}

/** Makes a PNG that is one colour, and has as many bytes as are asked for. */
function png(bytes: number, [red, green, blue]: [number, number, number]): Buffer {
  const size = 64;
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(size * 3, Buffer.from([red, green, blue]))]);
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const frame = Buffer.alloc(8);
    frame.writeUInt32BE(data.length, 0);
    frame.writeUInt32BE(crc32(body), 4);
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('tEXt', Buffer.alloc(bytes, 'x')),
    chunk('IDAT', deflateSync(Buffer.concat(Array.from({ length: size }, () => row)))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

const file = (name: string, buffer: Buffer, mimeType = 'image/png') => ({ name, mimeType, buffer });

/** Drops a file onto the page, as a person does. `padding` is how many more bytes it has. */
async function drop(page: Page, name: string, bytes: Buffer, padding = 0): Promise<void> {
  const data = await page.evaluateHandle(
    `(() => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob('${bytes.toString('base64')}'), (one) => one.charCodeAt(0));
      transfer.items.add(new File([bytes, new Uint8Array(${padding})], '${name}', { type: 'image/png' }));
      return transfer;
    })()`,
  );
  await page.dispatchEvent('#drop', 'dragenter', { dataTransfer: data });
  await page.dispatchEvent('#drop', 'drop', { dataTransfer: data });
}

/** Waits until the gateway keeps nothing of any stream. */
async function nothingLeft({ studio }: Studio): Promise<void> {
  const sessions = (): SocketSession[] =>
    [...studio.namespaces.values()].flatMap(({ sockets }) => [...sockets.values()].map(sessionOf));
  await until('a stream is left', () =>
    sessions().every(
      ({ streams, pending, connection: { streamBytes } }) =>
        (streams?.exchanges.size ?? 0) + (streams?.open ?? 0) + pending + streamBytes === 0,
    ),
  );
}

// Strings, because the type check of this repository does not know the DOM.
const isTrue = (page: Page, script: string) =>
  until(`${script} is not true`, async () => (await page.evaluate(script)) === true);
const isPicture = (page: Page, name: string) =>
  isTrue(
    page,
    `[...document.querySelectorAll('#gallery img')].some((img) => img.alt === '${name}' && img.naturalWidth > 0)`,
  );
const progressOf = (page: Page) => page.evaluate(`document.querySelector('.upload progress')?.value ?? -1`);
const sees = (page: Page, text: string | RegExp) => page.getByText(text).first().waitFor();

/** Drives the page in a browser. */
export async function driveStreams(browser: Browser): Promise<void> {
  const studio = await start(0);
  const url = `http://localhost:${studio.port}/`;
  try {
    const ada = await openPage(browser, {
      viewport: { width: 1000, height: 900 },
      colorScheme: 'light',
    });
    await meddle(ada);
    await ada.goto(url);
    const ben = await openPage(browser, {
      viewport: { width: 390, height: 844 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
      colorScheme: 'dark',
    });
    await ben.goto(url);

    await step('pictures that are chosen and dropped are listed on all pages', async () => {
      await ada.setInputFiles('#files', [
        file('tea.png', png(10, [12, 114, 99])),
        file('sky.png', png(700_000, [80, 150, 220])),
      ]);
      await drop(ada, 'rose.png', png(200_000, [220, 90, 120]));
      for (const page of [ada, ben])
        for (const name of ['tea.png', 'sky.png', 'rose.png']) await isPicture(page, name);
      await until('an upload is still shown', async () => (await ada.locator('.upload').count()) === 0);
      await nothingLeft(studio);
    });

    await step('an upload shows how far it is, and can be cancelled', async () => {
      hold();
      await drop(ada, 'large.png', png(10, [200, 200, 0]), 6_000_000);
      await until('chunks do not come', () => (held?.length ?? 0) >= 8);
      release();
      await until('the upload does not begin', async () => Number(await progressOf(ada)) > 0.05);
      hold();
      const progress = Number(await progressOf(ada));
      if (progress >= 1) throw new Error('the upload is at its end already');
      await ada.screenshot({ path: join(PICTURES, 'streams-upload-light.png'), animations: 'disabled' });
      await ada.getByRole('button', { name: 'Cancel' }).first().click();
      release();
      await sees(ada, 'Cancelled');
      await nothingLeft(studio);
      await ada.getByRole('button', { name: 'Dismiss' }).click();
      if ((await ada.getByText('large.png').count()) > 0) throw new Error('a cancelled picture is listed');
    });

    await step('what is no picture is refused, with the reason', async () => {
      await drop(ada, 'notes.png', Buffer.from('notes'), 2_000_000);
      await sees(ada, 'It is no picture that browsers show.');
      await ada.getByRole('button', { name: 'Dismiss' }).click();
      await nothingLeft(studio);
    });

    await step('a connection that breaks ends an upload, and the page comes back', async () => {
      mayBreak = true;
      hold();
      await drop(ada, 'broken.png', png(10, [0, 0, 200]), 6_000_000);
      await until('chunks do not come', () => (held?.length ?? 0) >= 4);
      await connection?.close();
      held = undefined;
      await sees(ada, 'The connection broke. Please try again.');
      await nothingLeft(studio);
      await until('the page does not come back', async () => (await ada.textContent('#connection')) === '');
      mayBreak = false;
      await ada.getByRole('button', { name: 'Dismiss' }).click();
      await ada.setInputFiles('#files', file('again.png', png(10, [0, 200, 200])));
      await isPicture(ben, 'again.png');
    });

    await step('an export shows its rows, and ends where it is cancelled', async () => {
      await ben.fill('#rows', '10000000');
      await ben.getByRole('button', { name: 'Export' }).click();
      await isTrue(ben, `document.querySelectorAll('#sales tr').length === 8`);
      await ben.locator('#export').scrollIntoViewIfNeeded();
      await ben.screenshot({ path: join(PICTURES, 'streams-export-dark.png'), animations: 'disabled' });
      await ben.getByRole('button', { name: 'Cancel' }).click();
      await sees(ben, /^Cancelled: [\d,]+ rows/);
      const [, count = ''] = /Cancelled: ([\d,]+)/.exec((await ben.textContent('#export-state')) ?? '') ?? [];
      if (Number(count.replaceAll(',', '')) >= 10_000_000) throw new Error('nothing was cancelled');
      await nothingLeft(studio);
      await ben.fill('#rows', '3000');
      await ben.getByRole('button', { name: 'Export' }).click();
      await sees(ben, /^Done: 3,000 rows/);
    });

    await step('words come one by one, until they are stopped', async () => {
      await ada.fill('#question', 'What is tea?');
      await ada.getByRole('button', { name: 'Ask' }).click();
      await sees(ada, /You asked: “What is tea\?”/);
      await ada.getByRole('button', { name: 'Stop' }).click();
      await sees(ada, 'Stopped');
      if (/nobody reads/.test((await ada.textContent('#answer')) ?? ''))
        throw new Error('it was not stopped');
      await nothingLeft(studio);
      await ada.getByRole('button', { name: 'Ask' }).click();
      await sees(ada, /made that nobody reads\./);
    });

    await step('the page fits, light and dark, large and small', async () => {
      for (const [page, size] of [
        [ada, 'desktop'],
        [ben, 'phone'],
      ] as const) {
        for (const colorScheme of ['light', 'dark'] as const) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({
            path: join(PICTURES, `streams-${size}-${colorScheme}.png`),
            fullPage: true,
            animations: 'disabled',
          });
        }
        if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
          throw new Error('the page scrolls sideways');
      }
    });

    mayBreak = true;
    await ada.context().close();
    await ben.context().close();
  } finally {
    await studio.stop();
  }
}
