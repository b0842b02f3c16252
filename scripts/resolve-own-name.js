'use strict';
// Lets code of this repository import the library by its name, as users do, before anything is built: the name, and the
// entries below it, are the sources.

const { existsSync } = require('node:fs');
const Module = require('node:module');
const { join } = require('node:path');
const { name } = require('../package.json');

const sources = join(__dirname, '../src');

/** Returns the source of an entry of the package; undefined if the request is for something else. */
function sourceOf(request) {
  if (request === name) return join(sources, 'index.ts');
  if (!request.startsWith(`${name}/`)) return undefined;
  const entry = request.slice(name.length + 1);
  return [join(sources, entry, 'index.ts'), join(sources, `${entry}.ts`)].find((file) => existsSync(file));
}

const resolveFilename = Module._resolveFilename;
Module._resolveFilename = function (request, ...rest) {
  return sourceOf(request) ?? resolveFilename.call(this, request, ...rest);
};
