'use strict';
// Each new broker compiles the parameters of Moleculer's own actions and of the gateway's management actions:
// 140 rules, 10 ms. Tests start thousands of brokers, so a checker is kept and used again for equal parameters.

const checkers = new Map();

/** Tells whether JSON shows all of a value. Functions, regular expressions and cycles are not shown. */
function isPlain(value, depth = 0) {
  if (value === null || ['string', 'number', 'boolean'].includes(typeof value)) return true;
  if (typeof value !== 'object' || depth > 20) return false;
  if (!Array.isArray(value) && Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.values(value).every((part) => isPlain(part, depth + 1));
}

/** Returns undefined if a checker depends on functions, on aliases, or on what it has checked before. */
function keyOf({ opts, validator }, params) {
  // A validator that was derived from the broker's writes other code.
  if (Object.hasOwn(validator, 'makeError')) return undefined;
  if (Object.keys(validator.aliases).length > 0 || params.$$async) return undefined;
  if (!isPlain(opts) || !isPlain(params)) return undefined;
  return JSON.stringify([opts, Object.keys(validator.rules), params]);
}

exports.mochaHooks = {
  // Not while this file is loaded: a main process with workers of its own needs no Moleculer.
  beforeAll() {
    const { prototype } = require('moleculer').Validators.Fastest;
    if (prototype.compile.isCached) return;
    const { compile } = prototype;
    prototype.compile = function (params) {
      const key = keyOf(this, params);
      if (key === undefined) return compile.call(this, params);
      if (!checkers.has(key)) checkers.set(key, compile.call(this, params));
      return checkers.get(key);
    };
    prototype.compile.isCached = true;
  },
};
