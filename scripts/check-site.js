'use strict';
// Checks the built site: every link of every page leads to a page or file of the site, and to an element with that id if it
// names one. Ends with 1 if one does not.

const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs');
const { join, posix, relative } = require('node:path');
const { URL } = require('node:url');

const site = join(__dirname, '../docs/.vitepress/dist');
/** The pages of typedoc, whose links typedoc checks itself. */
const REFERENCE = 'api/';

const files = readdirSync(site, { recursive: true })
  .map((file) => file.split('\\').join('/'))
  .filter((file) => file.endsWith('.html') && !file.startsWith(REFERENCE));
const idsOf = new Map();

/** Returns the ids of the elements of a page. */
function ids(file) {
  if (!idsOf.has(file)) {
    const html = readFileSync(join(site, file), 'utf8');
    idsOf.set(file, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id)));
  }
  return idsOf.get(file);
}

/** Returns the file that a path of the site is; undefined if there is none. */
function fileOf(path) {
  const candidates = [path, `${path}.html`, posix.join(path, 'index.html')].map((one) =>
    one.replace(/^\//, ''),
  );
  return candidates.find((one) => existsSync(join(site, one)) && statSync(join(site, one)).isFile());
}

/** Returns what is wrong with a link of a page; undefined if it leads somewhere. */
function problemOf(page, target) {
  const { pathname, hash } = new URL(target, `http://site/${page}`);
  const file = fileOf(decodeURIComponent(pathname));
  if (file === undefined) return 'there is no such file';
  const id = decodeURIComponent(hash.slice(1));
  if (id !== '' && file.endsWith('.html') && !ids(file).has(id)) return 'the page has no such heading';
  return undefined;
}

let links = 0;
let broken = 0;
for (const page of files) {
  const html = readFileSync(join(site, page), 'utf8');
  const targets = new Set(
    [...html.matchAll(/\s(?:href|src)="([^"]*)"/g)].map(([, target]) => target.replaceAll('&amp;', '&')),
  );
  for (const target of targets) {
    if (/^([a-z]+:|\/\/)/.test(target)) continue;
    links += 1;
    const problem = problemOf(page, target);
    if (problem === undefined) continue;
    broken += 1;
    console.error(`${relative(process.cwd(), join(site, page))}: ${target}: ${problem}`);
  }
}
console.log(`${files.length} pages, ${links} links, ${broken} broken`);
if (broken > 0 || links === 0) process.exitCode = 1;
