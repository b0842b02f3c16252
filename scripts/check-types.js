'use strict';
// Checks the types on both majors of Moleculer, and those of the explorer's page. The first program is also written as JavaScript,
// which the tests run: a program of all files costs less than each file for itself.
//
// TypeScript 7 takes a tenth of the time of version 6, which builds the library. `npm run test:programs` checks with version 6.

const { spawnSync } = require('node:child_process');
const { mkdtempSync, readFileSync, readdirSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join, sep } = require('node:path');
const { root, keepCompiled } = require('./compiled-files');

const compiler = join(root, 'node_modules/typescript-7/bin/tsc');

function check(title, project, ...options) {
  const start = Date.now();
  const { status } = spawnSync(process.execPath, [compiler, '--project', project, ...options], {
    cwd: root,
    stdio: 'inherit',
  });
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${title}: ${status === 0 ? 'ok' : 'FAILED'}, ${seconds} s\n`);
  if (status !== 0) process.exitCode = 1;
}

/** Keeps what was compiled into a folder. */
function keepAll(folder) {
  for (const entry of readdirSync(folder, { recursive: true })) {
    if (!entry.endsWith('.js')) continue;
    const file = join(root, entry.replace(/\.js$/, '.ts'));
    keepCompiled(file, readFileSync(file, 'utf8'), readFileSync(join(folder, entry), 'utf8'));
  }
}

const folder = mkdtempSync(join(tmpdir(), 'compiled-'));
try {
  const emit = ['--noEmit', 'false', '--outDir', folder, '--inlineSourceMap', '--inlineSources'];
  // A stack names the lines of the sources.
  check('types', 'tsconfig.json', ...emit, '--sourceRoot', root + sep);
  keepAll(folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
check('types, Moleculer 0.14', 'tsconfig.moleculer-0.14.json');
check('types of the explorer', 'src/explorer/page');
