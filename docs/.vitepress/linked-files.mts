import { createReadStream, existsSync, readdirSync, statSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import type { MarkdownRenderer } from 'vitepress';
import type { Plugin } from 'vite';

/*
 * Pages link to files that are no pages: sources, tests, a dashboard. The site has copies of them.
 */

const ROOT = join(import.meta.dirname, '../..');
const PLACE = '/files/';

/** The files that are linked to, relative to the repository. */
const linked = new Set<string>();

/** Returns where the site has a file. A browser shows source as text, and so a file without an extension, such as `Dockerfile`. */
const placeOf = (file: string): string =>
  `${PLACE}${file}${/\.(ts|js|mjs)$|(^|\/)[^/.]+$/.test(file) ? '.txt' : ''}`;

/** Rewrites the links of a page, before VitePress looks at them. */
export function linkRules(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push('linked-files', ({ tokens, env }) => {
    const folder = posix.dirname((env as { relativePath: string }).relativePath);
    for (const { children } of tokens)
      for (const token of children ?? []) {
        const target = token.type === 'link_open' ? token.attrGet('href') : null;
        if (target) token.attrSet('href', rewritten(target, folder));
      }
  });
}

function rewritten(target: string, folder: string): string {
  if (/^([a-z]+:|#|\/)/.test(target)) return target;
  const [path = '', anchor] = target.split('#');
  const file = posix.join(folder, decodeURI(path));
  if (file === 'README.md') return anchor === undefined ? '/' : `/#${anchor}`;
  if (file.endsWith('.md') || !existsSync(join(ROOT, file))) return target;
  const shown = statSync(join(ROOT, file)).isDirectory() ? fileOf(file) : file;
  linked.add(shown);
  return placeOf(shown);
}

/** Returns the file of a folder to begin with. */
function fileOf(folder: string): string {
  const files = readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  return posix.join(folder, files.find((name) => name === 'main.ts') ?? files[0] ?? '');
}

/** Serves the linked files in development, and copies them when the site is built. */
export function linkedFiles(): Plugin {
  let folder: string | undefined;
  return {
    name: 'linked-files',
    configResolved({ build, command }) {
      if (command === 'build' && !build.ssr) folder = build.outDir;
    },
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const file = [...linked].find((one) => placeOf(one) === request.url);
        if (file === undefined) return next();
        response.setHeader('Content-Type', 'text/plain; charset=utf-8');
        createReadStream(join(ROOT, file)).pipe(response);
      });
    },
    async closeBundle() {
      if (folder === undefined) return;
      for (const file of linked) {
        const copy = join(folder, placeOf(file));
        await mkdir(dirname(copy), { recursive: true });
        await copyFile(join(ROOT, file), copy);
      }
    },
  };
}
