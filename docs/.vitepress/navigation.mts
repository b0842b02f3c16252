import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DefaultTheme } from 'vitepress';

const DOCS = join(import.meta.dirname, '..');

/** The pages of each chapter, in the order in which they are read. A page that is not on disk is left out. */
const CHAPTERS: Readonly<Record<string, readonly string[]>> = {
  Begin: ['index', 'setup', 'tutorial', 'samples', 'from-moleculer-io', 'from-nestjs'],
  Build: [
    ...['events', 'payloads', 'users', 'calling-actions', 'pushing', 'presence', 'streams', 'hooks'],
    ...['services', 'server', 'cluster', 'design', 'javascript', 'testing', 'contract', 'explorer'],
  ],
  Clients: ['client', 'connecting', 'delivery', 'recovery', 'frameworks', 'languages'],
  Operate: ['deployment', 'sizing', 'metrics', 'logs', 'troubleshooting', 'security', 'upgrades'],
  'Look up': ['decorators', 'options', 'errors', 'wire', 'guarantees'],
};

/** Returns the first heading of a page. */
function titleOf(file: string): string {
  return /^# (.+)$/m.exec(readFileSync(join(DOCS, file), 'utf8'))?.[1] ?? file;
}

/** Returns the navigation: the pages of all chapters, and at the end those that no chapter names. */
export function navigation(): Pick<DefaultTheme.Config, 'nav' | 'sidebar'> {
  const pages = new Set(
    readdirSync(DOCS)
      .filter((file) => file.endsWith('.md'))
      .map((file) => file.slice(0, -3)),
  );
  const item = (page: string): DefaultTheme.SidebarItem => ({
    text: page === 'index' ? 'Overview' : titleOf(`${page}.md`),
    link: page === 'index' ? '/docs/' : `/docs/${page}`,
  });
  const chapters = Object.entries(CHAPTERS).map(([text, names]) => ({
    text,
    items: names.filter((name) => pages.delete(name)).map(item),
  }));
  const internals = readdirSync(join(DOCS, 'internals')).map((file) => ({
    text: titleOf(`internals/${file}`),
    link: `/docs/internals/${file.slice(0, -3)}`,
  }));
  const rest = [...pages].map(item);
  return {
    nav: [
      { text: 'Documentation', link: '/docs/' },
      { text: 'Setup', link: '/docs/setup' },
      { text: 'Troubleshooting', link: '/docs/troubleshooting' },
      // typedoc adds its pages when the site is built.
      ...(process.argv.includes('build') ? [{ text: 'API', link: '/api/index.html', target: '_self' }] : []),
      { text: 'Changelog', link: '/CHANGELOG' },
    ],
    sidebar: [
      ...chapters,
      { text: 'Inside', items: [...internals, { text: 'What it costs', link: '/bench/README' }] },
      ...(rest.length > 0 ? [{ text: 'More', items: rest }] : []),
    ],
  };
}
