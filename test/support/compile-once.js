'use strict';
// Loads TypeScript in every process that runs tests or a sample. `npm run check:types` compiles all files at once. A file that
// has changed since is compiled here, without a look at other files. A process that finds all it needs does not load the compiler.

const { readFileSync } = require('node:fs');

require('../../scripts/resolve-own-name');
const { root, configuration, findCompiled, keepCompiled } = require('../../scripts/compiled-files');

// A stack names the lines of the sources.
process.setSourceMapsEnabled(true);

require.extensions['.ts'] = (module, file) => {
  const source = readFileSync(file, 'utf8');
  let code = findCompiled(file, source);
  if (code === undefined) {
    code = compile(source, file);
    keepCompiled(file, source, code);
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
  const compilerOptions = { ...options, inlineSourceMap: true, inlineSources: true };
  return ts.transpileModule(source, { compilerOptions, fileName }).outputText;
}
