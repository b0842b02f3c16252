/**
 * Drives the page of samples/chat in headless Chromium, as two people would:
 * `npm run test:browser`. Pictures go to .ci/out.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { start } from '../../samples/chat/main';
import { driveExplorer } from './explorer';
import { driveOrders } from './orders-page';
import { driveStreams } from './streams-page';
import { driveTypedClient } from './typed-client';

const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
const PICTURES = join(__dirname, '../../.ci/out');
const PATIENCE = 15_000;

const desktop = { viewport: { width: 1000, height: 720 } };
const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, hasTouch: true, isMobile: true };

/** What went wrong on a page without a person asking for it. */
const complaints: string[] = [];
/** While the server is down, a browser reports every vain attempt to connect, and no page can keep it from that. */
let serverIsDown = false;

/** Answers of the gateway that Ada's browser does not get: her connection loses them, or breaks just then. */
let fate: 'arrive' | 'lose' | 'break' = 'arrive';
/** Breaks Ada's connection. */
let cutOff: () => void = () => undefined;

async function meddle(page: Page): Promise<void> {
  await page.routeWebSocket(/socket\.io/, (socket) => {
    const server = socket.connectToServer();
    cutOff = () => void socket.close();
    server.onMessage((packet) => {
      const isAnswer = String(packet).startsWith('43/chat,');
      if (!isAnswer || fate === 'arrive') return socket.send(packet);
      if (fate === 'break') void socket.close();
      fate = 'arrive';
    });
  });
}

async function openPage(browser: Browser, who: string, url: string, options: object): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => complaints.push(`${who}: ${error.message}`));
  page.on('console', (entry) => {
    if (entry.type() !== 'error' && entry.type() !== 'warning') return;
    const aboutNetwork = /ERR_CONNECTION|ERR_EMPTY_RESPONSE|WebSocket/.test(entry.text());
    if (!(serverIsDown && aboutNetwork)) complaints.push(`${who}: ${entry.text()}`);
  });
  if (who === 'Ada') await meddle(page);
  await page.goto(url);
  return page;
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

const picture = (page: Page, name: string) => page.screenshot({ path: join(PICTURES, `chat-${name}.png`) });

const enter = async (page: Page, name: string, room = 'tea') => {
  await page.getByLabel('Your name').fill(name);
  await page.getByLabel('Room').fill(room);
  await page.getByRole('button', { name: 'Enter' }).click();
};
const write = async (page: Page, text: string) => {
  await page.getByLabel('Message', { exact: true }).fill(text);
  await page.keyboard.press('Enter');
};
const draft = (page: Page) => page.getByLabel('Message', { exact: true }).inputValue();
const sees = (page: Page, text: string) => page.getByText(text, { exact: true }).first().waitFor();

/** Waits until exactly these people are listed. */
const seesPeople = async (page: Page, ...names: string[]) => {
  await page.locator(`#people > li:last-child:nth-child(${names.length})`).waitFor();
  for (const name of names) await page.locator('#people').getByText(name, { exact: true }).waitFor();
};
const seesOnce = async (page: Page, text: string) => {
  await sees(page, text);
  const times = await page.getByText(text, { exact: true }).count();
  if (times !== 1) throw new Error(`"${text}" is shown ${times} times`);
};
const isOnline = async (page: Page) => {
  await page.locator('#send:enabled').waitFor();
  await page.locator('#chat .connection').waitFor({ state: 'hidden' });
};

async function drive(browser: Browser): Promise<void> {
  const transporter = { transporter: 'Fake', namespace: `chat-page-${process.pid}` } as const;
  const startChat = (port = 0) => start(port, { ...transporter, nodeID: 'chat-1' });
  let chat = await startChat();
  let second: Awaited<ReturnType<typeof start>> | undefined;
  const url = `http://localhost:${chat.port}/`;
  try {
    const ada = await openPage(browser, 'Ada', url, { ...desktop, colorScheme: 'light' });
    const ben = await openPage(browser, 'Ben', url, { ...phone, colorScheme: 'dark' });

    await step('a name that is missing is asked for, beside its field', async () => {
      await enter(ada, '  ');
      await sees(ada, 'Please pick a name of 1 to 24 characters.');
      await picture(ada, 'door-error-light');
      await picture(ben, 'door-phone-dark');
    });

    await step('two people enter a room and see each other', async () => {
      await enter(ada, ' Ada ');
      await seesPeople(ada, 'Ada');
      await enter(ben, 'Ben');
      await seesPeople(ada, 'Ada', 'Ben');
      await seesPeople(ben, 'Ada', 'Ben');
      await sees(ada, 'Ben joined');
    });

    await step('a message from one is seen by the other', async () => {
      await write(ada, 'Hello Ben! The kettle is on.');
      await sees(ben, 'Hello Ben! The kettle is on.');
      await write(ben, 'On my way.');
      await sees(ada, 'On my way.');
      if ((await draft(ada)) !== '') throw new Error('the field was not emptied');
    });

    await step('what is written is shown as text, never as HTML', async () => {
      await write(ben, '<img src=x onerror="document.title=1">');
      await sees(ada, '<img src=x onerror="document.title=1">');
      if ((await ada.locator('#log img').count()) !== 0) throw new Error('an element was made of it');
    });

    await step('one who types is seen typing', async () => {
      await ada.getByLabel('Message', { exact: true }).pressSequentially('Milk or');
      await sees(ben, 'Ada is typing');
      await picture(ben, 'phone-dark');
      await ada.keyboard.type(' lemon?');
      await ada.keyboard.press('Enter');
      await sees(ben, 'Milk or lemon?');
      await ben.locator('#typing:empty').waitFor({ state: 'attached' });
    });

    await step('a bad message is explained, and stays in the field', async () => {
      await write(ada, ' ');
      await sees(ada, 'Write something first.');
      await write(ada, 'x'.repeat(501));
      await sees(ada, 'That is too long: a message has at most 500 characters.');
      if ((await draft(ada)).length !== 501) throw new Error('the message is gone');
      await picture(ada, 'desktop-error-light');
      await write(ada, 'Shorter, then.');
      await sees(ben, 'Shorter, then.');
      await ada.locator('#text-error:empty').waitFor({ state: 'attached' });
    });

    await step('the end of the log stays in view when the composer grows', async () => {
      await write(ada, Array.from({ length: 25 }, (_, line) => `Line ${line}`).join('\n'));
      await ada.getByText('Line 24').waitFor();
      await ada.getByLabel('Message', { exact: true }).fill('A\nmessage\nof\nmany\nlines');
      // A string, because the type check of this repository does not know the DOM.
      await ada.waitForFunction(
        'log.scrollHeight > log.clientHeight && log.scrollHeight - log.scrollTop - log.clientHeight < 2',
      );
      await picture(ada, 'desktop-grown-light');
      await ada.getByLabel('Message', { exact: true }).fill('');
      await ada.waitForFunction('log.scrollHeight - log.scrollTop - log.clientHeight < 2');
    });

    await step('after a reload, a page knows its own messages', async () => {
      const own = await ada.locator('.message.own').count();
      if (own === 0) throw new Error('there are none');
      await ada.reload();
      await ada.getByRole('button', { name: 'Enter' }).click();
      await sees(ada, 'On my way.');
      if ((await ada.locator('.message.own').count()) !== own)
        throw new Error('they are shown as those of others');
      await seesPeople(ada, 'Ada', 'Ben');
    });

    await step('without a server the page says so, and keeps what is written', async () => {
      serverIsDown = true;
      await chat.stop();
      await ada.locator('#chat .connection').filter({ hasText: 'Reconnecting' }).waitFor();
      await ben.locator('#chat .connection').filter({ hasText: 'Reconnecting' }).waitFor();
      await write(ada, 'Are you still there?');
      await sees(ada, 'There is no connection. Your message stays here: send it when you are back.');
      if (await ada.locator('#send').isEnabled()) throw new Error('it can be sent');
      if ((await draft(ada)) !== 'Are you still there?') throw new Error('the message is gone');
      await picture(ada, 'desktop-offline-light');
      await picture(ben, 'phone-offline-dark');
    });

    await step('when the server is back, both are in their room again', async () => {
      chat = await startChat(chat.port);
      await isOnline(ada);
      await isOnline(ben);
      serverIsDown = false;
      await seesPeople(ada, 'Ada', 'Ben');
      await seesPeople(ben, 'Ada', 'Ben');
    });

    await step('what was written meanwhile can be sent, and arrives once', async () => {
      if ((await draft(ada)) !== 'Are you still there?') throw new Error('the message is gone');
      await ada.getByRole('button', { name: 'Send' }).click();
      await sees(ben, 'Are you still there?');
      await write(ben, 'Still here. Lemon, please.');
      await sees(ada, 'Still here. Lemon, please.');
      for (const page of [ada, ben]) await seesOnce(page, 'Are you still there?');
    });

    await step('a message whose answer got lost can be sent again, and arrives once', async () => {
      fate = 'lose';
      await write(ada, 'One lump?');
      await ada.getByText('The server did not answer.').waitFor();
      if ((await draft(ada)) !== 'One lump?') throw new Error('the message is gone');
      await ada.keyboard.press('Enter');
      await seesOnce(ada, 'One lump?');
      await write(ben, 'One.');
      await sees(ada, 'One.');
      await seesOnce(ben, 'One lump?');
    });

    await step('a message whose answer got lost with the connection is found when it is back', async () => {
      fate = 'break';
      await write(ada, 'Coming.');
      await seesOnce(ada, 'Coming.');
      await seesOnce(ben, 'Coming.');
      await isOnline(ada);
      if ((await draft(ada)) !== '') throw new Error('the field was not emptied');
      await seesPeople(ben, 'Ada', 'Ben');
    });

    let cid: Page | undefined;
    await step('people on another node are listed, and what they write is seen', async () => {
      second = await start(0, { ...transporter, nodeID: 'chat-2' });
      cid = await openPage(browser, 'Cid', `http://localhost:${second.port}/`, desktop);
      await enter(cid, 'Cid');
      for (const page of [ada, ben, cid]) await seesPeople(page, 'Ada', 'Ben', 'Cid');
      await sees(ada, 'Cid joined');
      await write(cid, 'Is there a cup for me?');
      for (const page of [ada, ben]) await seesOnce(page, 'Is there a cup for me?');
    });

    await step('one who is cut off for a moment never leaves, and sees what was missed', async () => {
      const left = await ben.getByText('Ada left').count();
      cutOff();
      await ada.locator('#chat .connection').filter({ hasText: 'Reconnecting' }).waitFor();
      await write(cid!, 'Ada?');
      await isOnline(ada);
      await sees(ada, 'While you were away:');
      await seesOnce(ada, 'Ada?');
      await write(ada, 'Here.');
      await sees(cid!, 'Here.');
      if ((await ben.getByText('Ada left').count()) !== left) throw new Error('Ada was shown as gone');
    });

    await step('people of a node that stops are listed until they could have come back', async () => {
      serverIsDown = true;
      await second?.stop();
      second = undefined;
      for (const page of [ada, ben]) await seesPeople(page, 'Ada', 'Ben');
      await sees(ada, 'Cid left');
      await cid?.context().close();
      serverIsDown = false;
    });

    const names = ['דנה', 'سمير', 'Ben', 'Konstantinopolitanisch'];
    const others: Page[] = [];
    await step('names in all directions stay apart from the words around them', async () => {
      for (const name of names) {
        const page = await openPage(browser, name, url, phone);
        others.push(page);
        await enter(page, name);
        await ada
          .locator('.note', { hasText: `${name} joined` })
          .last()
          .waitFor();
      }
      const [dana, samir] = others as [Page, Page];
      await ada.locator('.note > bdi', { hasText: 'דנה' }).waitFor();
      await write(dana, 'שלום Ben, מה שלומך?');
      await write(samir, 'مرحبا! W'.padEnd(200, 'w'));
      await sees(ada, 'שלום Ben, מה שלומך?');
      await samir.getByLabel('Message', { exact: true }).pressSequentially('...');
      await ada.locator('#typing > bdi', { hasText: 'سمير' }).waitFor();
      await picture(ada, 'desktop-directions-light');
      await picture(samir, 'phone-directions-light');
      await ada.setViewportSize({ width: 1340, height: 900 });
      await ada.emulateMedia({ colorScheme: 'dark' });
      await picture(ada, 'wide-directions-dark');
      await ada.setViewportSize(desktop.viewport);
    });

    await step('two people of one name are told apart', async () => {
      const other = others[names.indexOf('Ben')]!;
      await write(other, 'I am the other Ben.');
      await sees(ada, 'I am the other Ben.');
      const marks = await ada
        .locator('#people .ambiguous')
        .evaluateAll((tags) =>
          tags.map((tag) => (tag as unknown as { dataset: { mark: string } }).dataset.mark),
        );
      if (new Set(marks).size !== 2) throw new Error(`two people have the marks ${marks.join(' and ')}`);
      const own = await other.locator('#people li').first().locator('.ambiguous').count();
      if (own !== 1) throw new Error('one of them does not see the own mark');
      for (const page of others) await page.context().close();
      await seesPeople(ada, 'Ada', 'Ben');
      await ada.locator('#people .ambiguous').waitFor();
    });

    await step('in light and dark, on desktop and phone', async () => {
      for (const scheme of ['light', 'dark'] as const) {
        await ada.emulateMedia({ colorScheme: scheme });
        await ben.emulateMedia({ colorScheme: scheme });
        await picture(ada, `desktop-${scheme}`);
        await picture(ben, `phone-${scheme}`);
      }
      for (const page of [ada, ben]) {
        // A string, because the type check of this repository does not know the DOM.
        if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
          throw new Error('the page scrolls sideways');
      }
    });

    await step('one who leaves is no longer listed', async () => {
      await ben.getByRole('button', { name: 'Leave' }).click();
      await seesPeople(ada, 'Ada');
      await enter(ben, 'Ben');
      await seesPeople(ada, 'Ada', 'Ben');
      await sees(ben, 'Are you still there?');
      await ben.context().close();
      await seesPeople(ada, 'Ada');
    });

    await step('without JavaScript, the page says what it needs', async () => {
      const page = await openPage(browser, 'Eve', url, { ...desktop, javaScriptEnabled: false });
      await page.locator('.notice').waitFor();
      await page.locator('#door').waitFor({ state: 'hidden' });
      await picture(page, 'no-script');
      await page.context().close();
    });

    await step(
      'one who enters without a server is told what happens, and gets in when it is back',
      async () => {
        const eve = await openPage(browser, 'Eve', url, desktop);
        serverIsDown = true;
        await chat.stop();
        await enter(eve, 'Eve');
        await sees(eve, 'There is no connection. You enter as soon as there is one.');
        await picture(eve, 'door-offline');
        chat = await startChat(chat.port);
        await seesPeople(eve, 'Ada', 'Eve');
      },
    );
  } finally {
    serverIsDown = true;
    await second?.stop();
    await chat.stop();
  }
}

async function main(): Promise<void> {
  if (!existsSync(CHROMIUM)) {
    const message = `test/browser/chat-page.ts: there is no Chromium at ${CHROMIUM} (CHROMIUM=<path> names another)`;
    if (process.env.CI === 'true') throw new Error(message);
    console.log(`skipped: ${message}`);
    return;
  }
  mkdirSync(PICTURES, { recursive: true });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    // launch() makes a fresh profile for every run, and removes it.
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  try {
    console.log('The page of samples/chat, in Chromium:');
    await drive(browser);
    console.log('The page of samples/orders, in Chromium:');
    await driveOrders(browser);
    console.log('The page of samples/streams, in Chromium:');
    await driveStreams(browser);
    console.log('The typed client, in Chromium:');
    await driveTypedClient(browser);
    console.log('The explorer, in Chromium:');
    await driveExplorer(browser);
  } finally {
    await browser.close();
  }
}

main().catch((error: unknown) => {
  console.error(`FAILED  ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
