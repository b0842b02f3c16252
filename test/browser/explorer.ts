/**
 * Drives the page of the explorer in headless Chromium: journeys, pictures in .ci/out, and axe-core after each step.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServiceBroker } from 'moleculer';
import type { Browser, Locator, Page } from 'playwright-core';
import { ShopGateway, TenantGateway } from './explored-gateways';

const PICTURES = join(__dirname, '../../.ci/out');
const TIMEOUT_MS = 60_000;
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

const desktop = { viewport: { width: 1440, height: 900 }, colorScheme: 'light' } as const;
const phone = {
  viewport: { width: 390, height: 844 },
  deviceScaleFactor: 2,
  hasTouch: true,
  isMobile: true,
  colorScheme: 'dark',
} as const;

/** What went wrong on a page without a person asking for it, violations of its policy included. */
const complaints: string[] = [];
/** A browser reports what it cannot reach, and sockets that a page closes before they are open. */
const ABOUT_NETWORK = /ERR_|WebSocket connection to|Failed to load resource/;

async function start(port: number) {
  const broker = new ServiceBroker({ logger: false, skipProcessEventRegistration: true });
  const settings = { port, explorer: { title: 'Corner shop' } };
  const shop = broker.createService(ShopGateway as never, { settings } as never);
  broker.createService(TenantGateway as never, { settings } as never);
  await broker.start();
  const { httpServer } = (shop as unknown as { io: { httpServer: { address(): { port: number } } } }).io;
  return { port: httpServer.address().port, stop: () => broker.stop() };
}

async function openPage(browser: Browser, url: string, options: object): Promise<Page> {
  const context = await browser.newContext(options);
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  page.setDefaultTimeout(TIMEOUT_MS);
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (entry) => {
    const isComplaint = entry.type() === 'error' || entry.type() === 'warning';
    if (isComplaint && !ABOUT_NETWORK.test(entry.text())) complaints.push(entry.text());
  });
  await page.goto(url);
  return page;
}

/** Runs a step, and looks at the pages that it leaves: nothing must be wrong with them. */
async function step(pages: Page[], name: string, check: () => Promise<unknown>): Promise<void> {
  try {
    await check();
    for (const page of pages) await checkPage(page);
  } catch (error) {
    for (const page of pages) await picture(page, 'failed');
    throw new Error(`${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (complaints.length > 0) throw new Error(`${name}: the page complained: ${complaints.join('; ')}`);
  console.log(`  ok  ${name}`);
}

/** Finds violations of axe-core, and content that does not fit. The type check of this repository does not know the DOM. */
async function checkPage(page: Page): Promise<void> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(AXE);
  const violations = await page.evaluate<{ id: string; nodes: string[] }[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
      violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 3).map((node) => node.html.slice(0, 200)) })))`,
  );
  if (violations.length > 0) throw new Error(`axe-core: ${JSON.stringify(violations, null, 2)}`);
  if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
    throw new Error('the page scrolls sideways');
}

const picture = (page: Page, name: string) =>
  page.screenshot({ path: join(PICTURES, `explorer-${name}.png`) });
const button = (within: Page | Locator, name: string) => within.getByRole('button', { name, exact: true });
const eventList = (page: Page) => page.getByRole('navigation', { name: 'Events' });
const composer = (page: Page) => page.getByRole('region', { name: 'Send', exact: true });
const entries = (page: Page, text: string) => page.locator('.entry').filter({ hasText: text });
const answer = (page: Page) => page.getByRole('region', { name: 'Answer' });
const chooseEvent = (page: Page, name: string) => button(eventList(page), name).click();
const field = (page: Page, label: string) => composer(page).getByLabel(label, { exact: true });
/** Finds the button without a look at the names of thousands of others. */
const clearTimeline = (page: Page) => page.locator('.timeline-head > button').click();
const showView = (page: Page, name: string) =>
  button(page.getByRole('navigation', { name: 'Views' }), name).click();

/** Connects the first client of a namespace, or another one in the dialog. */
async function fillClient(form: Locator, name: string, auth = ''): Promise<void> {
  await form.getByLabel('Name', { exact: true }).fill(name);
  if (auth !== '') await form.getByLabel('Auth').fill(auth);
  await button(form, 'Connect').click();
}

function equal(actual: unknown, expected: unknown, what: string): void {
  if (actual !== expected) throw new Error(`${what} is ${String(actual)}, not ${String(expected)}`);
}

async function driveDesktop(browser: Browser): Promise<void> {
  let shop = await start(0);
  const url = `http://localhost:${shop.port}/explorer`;
  const page = await openPage(browser, url, desktop);
  const at = (name: string, check: () => Promise<unknown>) => step([page], name, check);
  try {
    await at('lists what the gateways have, and asks for a client', async () => {
      for (const name of ['order', 'send.old deprecated', 'whoami needs a user', 'order.placed'])
        await button(eventList(page), name).waitFor();
      await composer(page).getByText('Connect a client to send it').waitFor();
      await page.getByText('Nothing has happened yet').waitFor();
      await picture(page, 'first-light');
    });

    await at('refuses auth that is no JSON object, beside its field', async () => {
      await fillClient(composer(page), 'Ann', '{ token');
      await composer(page).locator('#first-client-auth-problem').waitFor();
      await field(page, 'Auth').fill('');
      await button(composer(page), 'Connect').click();
      await entries(page, 'connected').waitFor();
    });

    await at('shows a 422 under the very fields, also under nested ones', async () => {
      await field(page, 'customer').fill('nobody');
      await field(page, 'name').fill('x');
      await page.keyboard.press('Control+Enter');
      await answer(page).locator('.outcome').getByText('422').waitFor();
      const nested = composer(page).getByRole('group', { name: 'items 1' });
      await nested.getByText('name must be longer than or equal to 2 characters').waitFor();
      await composer(page).locator('.problem').getByText('customer must be an email').waitFor();
      equal(
        await page.evaluate('document.activeElement.id'),
        'argument-0-customer',
        'the field with the focus',
      );
      equal(await field(page, 'name').getAttribute('aria-invalid'), 'true', 'aria-invalid');
      await picture(page, 'invalid-light');
    });

    await at('two clients are side by side, and each gets what it gets', async () => {
      await button(page, 'New client').click();
      await fillClient(page.getByRole('dialog'), 'Bob');
      await entries(page, 'Bob').filter({ hasText: 'connected' }).waitFor();
      await field(page, 'customer').fill('bob@example.org');
      await field(page, 'name').fill('Tea');
      await field(page, 'amount').fill('2');
      await field(page, 'delivery').selectOption('courier');
      await field(page, 'isGift').selectOption('true');
      await field(page, 'discount').pressSequentially('1.05');
      equal(await field(page, 'discount').inputValue(), '1.05', 'the number as it is typed');
      await button(composer(page), 'Add address').click();
      await field(page, 'street').fill('High Street 1');
      await button(composer(page), 'Add an item to items').click();
      await composer(page).getByRole('group', { name: 'items 2' }).getByLabel('name').fill('Cake');
      await composer(page).getByRole('group', { name: 'items 2' }).getByLabel('amount').fill('1');
      await button(composer(page), 'Send').click();
      await answer(page).getByText('wrapped').waitFor();
      await entries(page, 'order.placed').nth(1).waitFor();
      const names = await entries(page, 'order.placed').locator('.who').allInnerTexts();
      equal(names.sort().join(), 'Ann,Bob', 'who got order.placed');
      equal(await composer(page).locator('.problem').count(), 0, 'the number of problems');
      await picture(page, 'desktop-light');
    });

    await at('what is written is kept when the page is loaded again, and the clients come back', async () => {
      await page.reload();
      await entries(page, 'connected').nth(1).waitFor();
      equal(await field(page, 'customer').inputValue(), 'bob@example.org', 'the draft');
      equal(await field(page, 'street').inputValue(), 'High Street 1', 'the nested draft');
    });

    await at('sends JSON instead of a form, and says where it is wrong', async () => {
      await button(composer(page), 'JSON').click();
      const text = await field(page, 'Payload').inputValue();
      equal((JSON.parse(text) as { customer: string }).customer, 'bob@example.org', 'the customer');
      await field(page, 'Payload').fill('{ "customer": ');
      await page.keyboard.press('Control+Enter');
      await composer(page).getByRole('alert').getByText('It is no JSON').waitFor();
      await field(page, 'Payload').fill('{ "customer": 1 }');
      await page.keyboard.press('Control+Enter');
      await composer(page)
        .locator('#json-problem')
        .getByText('customer: customer must be an email')
        .waitFor();
      await field(page, 'Payload').fill(text);
      await button(composer(page), 'Form').click();
      equal(await field(page, 'street').inputValue(), 'High Street 1', 'the field');
    });

    await at('copies as code of both libraries', async () => {
      await button(composer(page), 'Copy as code').click();
      const dialog = page.getByRole('dialog');
      const copied = async (style: string): Promise<string> => {
        await button(dialog, style).click();
        await button(dialog, 'Copy').click();
        await button(dialog, 'Copied').waitFor();
        return page.evaluate<string>('navigator.clipboard.readText()');
      };
      const helper = await copied('Client helper');
      for (const part of ["from 'moleculer-socket-gateway/client'", "client.call('order', {", "name: 'Tea'"])
        if (!helper.includes(part)) throw new Error(`${part} is missing in:\n${helper}`);
      const plain = await copied('socket.io-client');
      for (const part of [
        `io('http://localhost:${shop.port}/shop')`,
        "socket.emit('order', {",
        '(error, result) =>',
      ])
        if (!plain.includes(part)) throw new Error(`${part} is missing in:\n${plain}`);
      await picture(page, 'code-light');
      await page.keyboard.press('Escape');
      await dialog.waitFor({ state: 'detached' });
    });

    await at('the keyboard finds an event, and sends it', async () => {
      await page.locator('h1').click();
      await page.keyboard.press('/');
      await page.keyboard.type('picture');
      equal(await eventList(page).locator('li').count(), 1, 'the number of events found');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'picture' }).waitFor();
      await page.keyboard.press('Control+Enter');
      await answer(page).getByText('64 bytes').waitFor();
      await answer(page).getByText('89 50 4e 47').waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('/');
      await page.keyboard.type('nothing like that');
      await page.getByText('No event matches “nothing like that”.').waitFor();
      await page.keyboard.press('Escape');
    });

    await at('what is long is short until it is asked for', async () => {
      await chooseEvent(page, 'long');
      await button(composer(page), 'Send').click();
      await button(answer(page), 'Show all 5,000 characters').click();
      await answer(page).getByText('x'.repeat(5000)).waitFor();
      await answer(page)
        .getByRole('button', { name: /120 in all/ })
        .click();
      await button(answer(page), 'Show 50 more of 120').click();
      await button(answer(page), 'Show 20 more of 120').waitFor();
    });

    await at('a question of the gateway is answered', async () => {
      await chooseEvent(page, 'ask');
      await button(composer(page), 'Send').click();
      await answer(page).getByText('Waiting for the gateway').waitFor();
      await entries(page, 'confirm').locator('.entry-line').click();
      await entries(page, 'confirm').getByLabel('Answer as JSON').fill('{ "yes": true }');
      await button(entries(page, 'confirm'), 'Answer').click();
      await answer(page).getByText('yes').waitFor();
    });

    await at('any other event has its name written', async () => {
      await chooseEvent(page, '* any other');
      await button(composer(page), 'Send').click();
      await composer(page).getByRole('alert').getByText('Write the name of the event.').waitFor();
      await field(page, 'Name of the event').fill('surprise');
      await field(page, 'Payload').fill('a text');
      await button(composer(page), 'Send').click();
      await answer(page).getByText('"a text"').waitFor();
      await entries(page, 'surprise').waitFor();
      await field(page, 'Payload').fill('{ "a": [1, "b"] }');
      await button(composer(page), 'Send').click();
      await answer(page).getByText('"b"').waitFor();
    });

    await at('what was sent is edited and sent again', async () => {
      await field(page, 'Payload').fill('');
      await field(page, 'Name of the event').fill('');
      await chooseEvent(page, 'order');
      await entries(page, 'surprise').first().locator('.entry-line').click();
      await button(entries(page, 'surprise').first(), 'Edit and send again').click();
      equal(await field(page, 'Name of the event').inputValue(), 'surprise', 'the name');
      equal(await field(page, 'Payload').inputValue(), 'a text', 'the payload');
    });

    await at('sends without asking for an answer', async () => {
      await composer(page).getByLabel('Ask for an answer').uncheck();
      await button(composer(page), 'Send').click();
      await answer(page).getByText('No answer was asked for.').waitFor();
      await composer(page).getByLabel('Ask for an answer').check();
    });

    await at('a client that is refused says why, and comes in with another auth', async () => {
      await chooseEvent(page, 'whoami needs a user');
      await field(page, 'tenantId').fill('');
      await fillClient(composer(page), 'Cleo');
      await composer(page).getByText('Write a value').waitFor();
      await field(page, 'tenantId').fill('acme');
      await button(composer(page), 'Connect').click();
      await composer(page).getByText('Cleo was refused.').waitFor();
      await composer(page).getByText('401 BAD_TOKEN').waitFor();
      await picture(page, 'refused-light');
      await button(page, 'Edit Cleo').click();
      await page.getByRole('dialog').getByLabel('Auth').fill('{ "token": "guest" }');
      await button(page.getByRole('dialog'), 'Connect').click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.locator('.chip.connected').filter({ hasText: '/tenants/acme' }).waitFor();
      await button(composer(page), 'Send').click();
      await answer(page).getByText('"acme"').waitFor();
      await chooseEvent(page, 'close needs a user');
      await button(composer(page), 'Send').click();
      await answer(page).locator('.outcome').getByText('403').waitFor();
    });

    await at('a client that the gateway disconnects says so, and can come back', async () => {
      await chooseEvent(page, 'go');
      await button(composer(page), 'Send').click();
      await composer(page).getByText('The server disconnected it.').waitFor();
      equal(await button(composer(page), 'Send').isDisabled(), true, 'whether Send is disabled');
      await picture(page, 'disconnected-light');
      await button(composer(page).locator('.notice'), 'Connect').click();
      await composer(page).locator('.notice').waitFor({ state: 'detached' });
    });

    await at('a thousand events at once are all there, and the page goes on', async () => {
      await clearTimeline(page);
      await chooseEvent(page, 'ticks');
      await field(page, 'Payload').fill('1000');
      await button(composer(page), 'Send').click();
      await page.locator('.count').getByText('1,001', { exact: true }).waitFor();
      const filter = page.getByLabel('Filter the timeline');
      await filter.fill('ticks');
      await page.locator('.count').getByText('1 of 1,001', { exact: true }).waitFor();
      await filter.fill('');
      await page.locator('.send-button').click();
      await page.locator('.count').getByText('2,002', { exact: true }).waitFor();
      await clearTimeline(page);
    });

    await at('what clients receive is described, and found in the timeline', async () => {
      await chooseEvent(page, 'order.placed');
      await composer(page).getByText('state: string').waitFor();
      await button(composer(page), 'Show in the timeline').click();
      equal(await page.getByLabel('Filter the timeline').inputValue(), 'order.placed', 'the filter');
      await page.getByLabel('Filter the timeline').fill('');
    });

    await at('in the dark, by the system and by hand', async () => {
      await chooseEvent(page, 'order');
      await button(composer(page), 'Send').click();
      await answer(page).getByText('wrapped').waitFor();
      await page.emulateMedia({ colorScheme: 'dark' });
      await checkPage(page);
      await picture(page, 'desktop-dark');
      await button(page, 'Switch between light and dark').click();
      equal(
        await page.evaluate('getComputedStyle(document.documentElement).colorScheme'),
        'light',
        'the scheme',
      );
      await button(page, 'Switch between light and dark').click();
    });

    await at('without a server it says so, and comes back with it', async () => {
      await shop.stop();
      await page.locator('.chip.reconnecting').nth(1).waitFor();
      await composer(page).getByText('lost its connection, and tries again').waitFor();
      await button(page, 'Load the contract again').click();
      await page.locator('.top-tools .danger').waitFor();
      await picture(page, 'offline-dark');
      shop = await start(shop.port);
      await page.locator('.chip.connected').nth(2).waitFor();
      await button(page, 'Load the contract again').click();
      await page.locator('.top-tools .danger').waitFor({ state: 'detached' });
      await button(composer(page), 'Send').click();
      await answer(page).getByText('wrapped').waitFor();
    });

    await at('a contract that cannot be loaded is told, and loaded again', async () => {
      await page.route('**/contract.json', (route) => route.fulfill({ status: 403, body: 'Not for you.' }));
      await page.reload();
      await composer(page).getByText('The contract cannot be loaded').waitFor();
      await composer(page).getByText('Not for you.').waitFor();
      await page.unroute('**/contract.json');
      await button(composer(page), 'Try again').click();
      await button(eventList(page), 'order').waitFor();
    });
  } finally {
    await page.context().close();
    await shop.stop();
  }
}

async function drivePhone(browser: Browser): Promise<void> {
  const shop = await start(0);
  const page = await openPage(browser, `http://localhost:${shop.port}/explorer`, phone);
  const at = (name: string, check: () => Promise<unknown>) => step([page], name, check);
  try {
    await at('on a phone one view is shown at a time', async () => {
      await button(eventList(page), 'order').waitFor();
      await picture(page, 'phone-events-dark');
      await chooseEvent(page, 'order');
      await eventList(page).waitFor({ state: 'hidden' });
      await fillClient(composer(page), 'Ann');
      await field(page, 'customer').fill('ann@example.org');
      await picture(page, 'phone-send-dark');
      await button(composer(page), 'Send').click();
      await answer(page).locator('.outcome').getByText('422').waitFor();
      await showView(page, 'Timeline');
      await entries(page, 'order').locator('.entry-line').click();
      await picture(page, 'phone-timeline-dark');
    });
    await at('on a phone in the light', async () => {
      await page.emulateMedia({ colorScheme: 'light' });
      for (const view of ['Events', 'Send', 'Timeline']) {
        await showView(page, view);
        await checkPage(page);
        await picture(page, `phone-${view.toLowerCase()}-light`);
      }
    });
    await at('on a tablet', async () => {
      await page.setViewportSize({ width: 820, height: 1180 });
      await picture(page, 'tablet-light');
    });
  } finally {
    await page.context().close();
    await shop.stop();
  }
}

/** Runs the journeys. Throws for the first step that fails. */
export async function driveExplorer(browser: Browser): Promise<void> {
  await driveDesktop(browser);
  await drivePhone(browser);
}
