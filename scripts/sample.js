'use strict';
// `npm run sample -- orders` runs a sample, `npm run sample -- login try` the client that tries one that runs. Without a name it
// lists all of them. What comes after the name is handed to the sample.

const { existsSync, readdirSync, readFileSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');

const folder = join(__dirname, '../samples');
const page = readFileSync(join(__dirname, '../docs/samples.md'), 'utf8');

/** Returns the program of a sample; undefined if there is none. */
function mainOf(name) {
  return ['main.ts', 'src/main.ts'].map((file) => join(folder, name, file)).find((file) => existsSync(file));
}

const samples = readdirSync(folder).filter((name) => mainOf(name) !== undefined);

/** Returns what docs/samples.md says of a sample. */
function descriptionOf(name) {
  const [, text = ''] =
    page.match(new RegExp(`^## ${name}\\n\\n\\[[^\\]]*\\]\\([^)]*\\): ([^]+?\\.)\\s`, 'm')) ?? [];
  return text
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\s+/g, ' ')
    .replaceAll('`', '');
}

function list() {
  const width = Math.max(...samples.map((name) => name.length));
  console.log('npm run sample -- <name>, with one of these names:\n');
  for (const name of samples) console.log(`  ${name.padEnd(width)}  ${descriptionOf(name)}`);
}

const [name, ...args] = process.argv.slice(2);
if (name === undefined) {
  list();
} else if (!samples.includes(name)) {
  console.error(`There is no sample '${name}'. There are: ${samples.join(', ')}.`);
  process.exitCode = 1;
} else {
  const attempt = ['try.ts', 'client/try.ts']
    .map((file) => join(folder, name, file))
    .find((file) => existsSync(file));
  const tries = args[0] === 'try' && attempt !== undefined;
  require('../test/support/compile-once');
  // Processes that a sample starts run TypeScript, too.
  process.execArgv.push('-r', require.resolve('../test/support/compile-once'));
  // The sample is the main module, as if Node.js had been started with it.
  process.argv = [process.execPath, tries ? attempt : mainOf(name), ...args.slice(tries ? 1 : 0)];
  Module.runMain();
}
