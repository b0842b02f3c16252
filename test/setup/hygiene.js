'use strict';
// A run fails for what a test leaves behind: rejections nobody handled, stray output, handles still open.

const { format } = require('node:util');

/** Long enough for sockets to finish closing, short enough to wait for. */
const GRACE_MS = 5000;

// Without a listener of ours, mocha drops a rejection that no test awaits. Thrown, it fails the test that runs.
process.on('unhandledRejection', (reason) => {
  throw reason instanceof Error ? reason : new Error(format('unhandled rejection of %o', reason));
});

// What the library says belongs into Moleculer's logger. Node prints its warnings (listeners that pile up,
// deprecations) through here too. Reporters took their console.log before this file was loaded, and a test
// that expects output stubs the method.
const stray = [];
let running = 'before the first test';
for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace']) {
  const print = console[method];
  console[method] = (...args) => {
    stray.push(`${running}: console.${method}: ${format(...args)}`);
    print.apply(console, args);
  };
}

// Mocha itself may have a word to say while it looks for the files.
exports.mochaGlobalSetup = () => {
  stray.length = 0;
};

exports.mochaHooks = {
  beforeEach() {
    running = this.currentTest.fullTitle();
  },
};

exports.mochaGlobalTeardown = () => {
  // Not awaited, and does not hold the process itself: it fires only where something else does.
  setTimeout(() => {
    process.stderr.write(
      `\nStill open after the last test: ${process.getActiveResourcesInfo().join(', ')}\n`,
    );
    // Mocha sets the exit code to its count of failures while the process exits; this comes after it.
    process.on('exit', () => (process.exitCode = 1));
    process.exit();
  }, GRACE_MS).unref();

  // When everything has ended, and the exit code is decided: Node 24 may spin for ever in taking itself apart.
  process.once('beforeExit', () => process.on('exit', () => process.reallyExit(process.exitCode ?? 0)));

  if (stray.length > 0) throw new Error(`the suite is silent, but it printed:\n  ${stray.join('\n  ')}`);
};
