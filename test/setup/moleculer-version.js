'use strict';
// Both supported majors of Moleculer are installed. With MOLECULER=0.14 every `require('moleculer')` of this
// process gets the older one, whoever asks: src, a test, or a mixin in node_modules that brings its own copy.
// A process that a test spawns needs `-r` of this file itself.

const Module = require('node:module');

const version = process.env.MOLECULER || '0.15';

if (version === '0.14') {
  const aliases = new Map([
    ['moleculer', require.resolve('moleculer-0.14')],
    // Each major of moleculer-web is made for one of Moleculer.
    ['moleculer-web', require.resolve('moleculer-web-0.10')],
  ]);
  const resolveFilename = Module._resolveFilename;
  Module._resolveFilename = function (request, ...rest) {
    return aliases.get(request) ?? resolveFilename.call(this, request, ...rest);
  };
} else if (version !== '0.15') {
  // A typo must not pass as a test of the other version.
  throw new Error(`MOLECULER=${version}: the suite runs on 0.14 and on 0.15`);
}
