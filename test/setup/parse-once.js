'use strict';
// Many tests compile something with TypeScript, and each program of theirs reads the library and the packages that it
// uses: 1,500 files, 2 s. In a process, each of these files is parsed once for all programs with equal options.

const Module = require('node:module');
const { join, sep } = require('node:path');

const root = join(__dirname, '../..');
const lasting = [join(root, 'src'), join(root, 'node_modules')].map((folder) => folder + sep);

/** The options that change how a file is parsed and bound, as in TypeScript's own registry of files. */
const PARSE_OPTIONS = [
  'allowUnreachableCode',
  'allowUnusedLabels',
  'alwaysStrict',
  'importHelpers',
  'jsx',
  'jsxImportSource',
  'module',
  'moduleDetection',
  'moduleResolution',
  'noFallthroughCasesInSwitch',
  'strict',
  'target',
];

const parsedFiles = new Map();

function createCompilerHost(ts, options) {
  // With links to parents, which some programs ask for and none is disturbed by.
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile } = host;
  const parseOptions = JSON.stringify(PARSE_OPTIONS.map((name) => options[name]));
  host.getSourceFile = (file, version, ...rest) => {
    const parse = () => getSourceFile.call(host, file, version, ...rest);
    if (!lasting.some((folder) => file.startsWith(folder))) return parse();
    const key = `${file} ${version.impliedNodeFormat} ${parseOptions}`;
    if (!parsedFiles.has(key)) parsedFiles.set(key, parse());
    return parsedFiles.get(key);
  };
  return host;
}

let typescript;
const { _load } = Module;
Module._load = function (request, ...rest) {
  const loaded = _load.call(this, request, ...rest);
  if (request !== 'typescript') return loaded;
  // The members of the package itself cannot be replaced.
  typescript ??= Object.create(loaded, {
    createCompilerHost: { value: (options) => createCompilerHost(loaded, options), enumerable: true },
  });
  return typescript;
};
