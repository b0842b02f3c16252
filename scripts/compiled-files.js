'use strict';
// The sources of this repository in JavaScript, kept by their content and by what they were compiled with.

const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..');
const folder = join(root, 'node_modules/.cache/compile-once');
const configuration = readFileSync(join(root, 'tsconfig.json'), 'utf8');
const { version } = require('typescript/package.json');

mkdirSync(folder, { recursive: true });

function pathOf(file, source) {
  const key = createHash('sha256').update([version, configuration, file, source].join('\0')).digest('hex');
  return join(folder, `${key}.js`);
}

/** Returns undefined if a file has not been compiled with this content. */
function findCompiled(file, source) {
  try {
    return readFileSync(pathOf(file, source), 'utf8');
  } catch {
    return undefined;
  }
}

function keepCompiled(file, source, code) {
  const kept = pathOf(file, source);
  // Another process may be about to read it, so it must appear as a whole.
  const written = `${kept}.${process.pid}`;
  writeFileSync(written, code);
  renameSync(written, kept);
}

module.exports = { root, configuration, findCompiled, keepCompiled };
