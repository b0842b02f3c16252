/**
 * Drives the page of samples/orders in headless Chromium: `npm run test:browser`. Pictures go to .ci/out.
 */
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { start } from '../../samples/orders/main';

const PICTURES = join(__dirname, '../../.ci/out');
const TIMEOUT_MS = 15_000;

const desktop = { viewport: { width: 900, height: 700 }, colorScheme: 'light' } as const;
const phone = { viewport: { width: 360, height: 700 }, colorScheme: 'dark' } as const;

async function step(name: string, check: () => Promise<unknown>): Promise<void> {
  try {
    await check();
  } catch (error) {
    throw new Error(`orders: ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  console.log(`  ok  orders: ${name}`);
}

const sees = (page: Page, text: string) => page.getByText(text).first().waitFor();
const order = async (page: Page, item: string) => {
  await page.getByLabel('What would you like?').fill(item);
  await page.keyboard.press('Enter');
};

/** Fails if something is wider than the window. */
async function fits(page: Page): Promise<void> {
  const [content = 0, window = 0] = await page.evaluate<number[]>(
    '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
  );
  if (content > window) throw new Error(`the page is ${content} pixels wide, and its window ${window}`);
}

/** @param browser stays open */
export async function driveOrders(browser: Browser): Promise<void> {
  let shop = await start(0, 50);
  const open = async (user: string, options: object): Promise<Page> => {
    const page = await (await browser.newContext(options)).newPage();
    page.setDefaultTimeout(TIMEOUT_MS);
    await page.goto(`http://localhost:${shop.port}/?user=${encodeURIComponent(user)}`);
    return page;
  };
  const picture = (page: Page, name: string) =>
    page.screenshot({ path: join(PICTURES, `orders-${name}.png`) });
  try {
    const ada = await open('ada', desktop);
    const onPhone = await open('ada', phone);

    await step('without orders the page says what to do', async () => {
      await sees(ada, 'Nothing is ordered yet.');
      await picture(onPhone, 'empty-phone-dark');
    });

    await step('an order is seen on all pages of its user, up to the end', async () => {
      await order(ada, 'green tea');
      for (const page of [ada, onPhone]) {
        await page.locator('li', { hasText: 'green tea' }).locator('output', { hasText: 'sent' }).waitFor();
        await page.getByText('Nothing is ordered yet.').waitFor({ state: 'hidden' });
      }
    });

    await step('what is wrong is said in the words of the shop', async () => {
      await order(ada, ' ');
      await sees(ada, 'Please say what you would like.');
      await order(ada, 'x'.repeat(41));
      await sees(ada, 'That is too long: an item has at most 40 characters.');
      if ((await ada.getByLabel('What would you like?').inputValue()).length !== 41)
        throw new Error('what was written is gone');
      await picture(ada, 'invalid-light');
    });

    await step('long words and words from right to left are shown as they are', async () => {
      await order(ada, 'W'.repeat(40));
      await order(onPhone, 'שלום');
      await sees(onPhone, 'W'.repeat(40));
      await sees(ada, 'שלום');
      for (const page of [ada, onPhone]) await fits(page);
      await picture(onPhone, 'long-phone-dark');
    });

    await step('a user who is not let in is told so', async () => {
      const nobody = await open('no body', desktop);
      await sees(nobody, 'The shop does not know “no body”.');
      await nobody.getByLabel('What would you like?').waitFor({ state: 'hidden' });
      await picture(nobody, 'refused-light');
    });

    await step('without a server the page says so, keeps what is written, and comes back', async () => {
      const { port } = shop;
      await ada.getByLabel('What would you like?').fill('cups');
      await shop.stop();
      await sees(ada, 'The shop cannot be reached. Reconnecting…');
      await picture(ada, 'offline-light');
      shop = await start(port, 50);
      await ada.locator('#place:enabled').waitFor();
      await ada.getByRole('button', { name: 'Order' }).click();
      await ada.locator('li', { hasText: 'cups' }).first().waitFor();
    });
  } finally {
    await shop.stop();
  }
}
