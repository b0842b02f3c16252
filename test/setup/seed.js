'use strict';
// Generated cases are the same in each run: a change must not fail for a case that it has nothing to do with.
// `SEED=2 RUNS=10 npx mocha <file>` tries others, and more of them.

exports.mochaHooks = {
  // Not while this file is loaded: a main process with workers of its own generates nothing.
  beforeAll() {
    require('fast-check').configureGlobal({
      seed: Number(process.env.SEED ?? 1),
      includeErrorInReport: true,
    });
  },
};
