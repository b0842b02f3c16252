'use strict';
// Builds the client as one ES module, beside the CommonJS one: bundlers of browsers take from it what is used.

const { writeFileSync } = require('node:fs');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

const folder = join(__dirname, '../dist/client');

buildSync({
  entryPoints: [join(__dirname, '../src/client/index.ts')],
  outfile: join(folder, 'index.mjs'),
  bundle: true,
  format: 'esm',
  target: 'es2022',
  sourcemap: true,
  logLevel: 'error',
});
// The declarations are those of the CommonJS module: the types of both are the same.
writeFileSync(join(folder, 'index.d.mts'), "export * from './index.js';\n");
