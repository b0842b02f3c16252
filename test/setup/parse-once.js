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

// A wrapper of `require` would be in the stack of each module that is loaded, and Node.js would print warnings that it keeps
// back for packages. So a module that loads TypeScript when it is first used is put in its place.
const file = require.resolve('typescript');
let typescript;

function loadTypeScript() {
  const placeholder = require.cache[file];
  delete require.cache[file];
  const loaded = require(file);
  require.cache[file] = placeholder;
  // The members of the package itself cannot be replaced.
  return Object.create(loaded, {
    createCompilerHost: { value: (options) => createCompilerHost(loaded, options), enumerable: true },
  });
}

require.cache[file] = Object.defineProperty(
  Object.assign(new Module(file), { filename: file, loaded: true }),
  'exports',
  {
    get: () => (typescript ??= loadTypeScript()),
  },
);
