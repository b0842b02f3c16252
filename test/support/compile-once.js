'use strict';
// Loads TypeScript in every process that runs tests or a sample. Each file is compiled once, as `tsc` does but without a look at
// other files, and kept by its content. A process that finds all it needs does not load the compiler.

const { createHash } = require('node:crypto');
const { mkdirSync, readFileSync, renameSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

require('../../scripts/resolve-own-name');

const root = join(__dirname, '../..');
const cache = join(root, 'node_modules/.cache/compile-once');
const configuration = readFileSync(join(root, 'tsconfig.json'), 'utf8');
const { version } = require('typescript/package.json');

mkdirSync(cache, { recursive: true });
// A stack names the lines of the sources.
process.setSourceMapsEnabled(true);

require.extensions['.ts'] = (module, file) => {
  const source = readFileSync(file, 'utf8');
  const key = createHash('sha256').update([version, configuration, file, source].join('\0')).digest('hex');
  const kept = join(cache, `${key}.js`);
  let code;
  try {
    code = readFileSync(kept, 'utf8');
  } catch {
    code = compile(source, file);
    // Another process may be about to read it, so it must appear as a whole.
    const written = `${kept}.${process.pid}`;
    writeFileSync(written, code);
    renameSync(written, kept);
  }
  module._compile(code, file);
};

let options;
function compile(source, fileName) {
  const ts = require('typescript');
  options ??= ts.parseJsonConfigFileContent(
    ts.parseConfigFileTextToJson('', configuration).config,
    ts.sys,
    root,
  ).options;
  const compilerOptions = { ...options, inlineSourceMap: true, inlineSources: true, incremental: false };
  delete compilerOptions.tsBuildInfoFile;
  return ts.transpileModule(source, { compilerOptions, fileName }).outputText;
}
