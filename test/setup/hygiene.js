'use strict';
// A run fails for what a test leaves behind: rejections that are not handled, stray output, open handles. With
// `mocha --parallel` each worker process looks after itself, after each of its files.

const { relative } = require('node:path');
const { format } = require('node:util');
const { setImmediate: nextTurn, setTimeout: sleep } = require('node:timers/promises');

/** Time that sockets may take to finish closing. */
const CLOSE_TIMEOUT_MS = 5000;

// Mocha drops a rejection that no test awaits, unless there is a listener. What it throws fails the running test.
function throwRejection(reason) {
  throw reason instanceof Error ? reason : new Error(format('unhandled rejection of %o', reason));
}

// The library reports to Moleculer's logger. Node prints its warnings (too many listeners, deprecations) through
// console as well. Reporters took their console.log before this file was loaded. A test that expects output
// stubs the method.
const stray = [];
let running = 'before the first test';
let file = '';
for (const method of ['log', 'info', 'warn', 'error', 'debug', 'trace']) {
  const print = console[method];
  console[method] = (...args) => {
    stray.push(`${running}: console.${method}: ${format(...args)}`);
    print.apply(console, args);
  };
}

function failOnStrayOutput() {
  if (stray.length === 0) return;
  throw new Error(`the suite is silent, but it printed:\n  ${stray.splice(0).join('\n  ')}`);
}

/** The handles and timers that were open before the first test, by kind. */
let openBefore = [];

function openSince() {
  const before = [...openBefore];
  return process.getActiveResourcesInfo().filter((kind) => {
    const index = before.indexOf(kind);
    if (index >= 0) before.splice(index, 1);
    return index < 0;
  });
}

/** Waits until all that was opened since the first test is closed. */
async function failOnOpenHandles() {
  for (const end = Date.now() + CLOSE_TIMEOUT_MS; ; await sleep(10)) {
    await nextTurn();
    const open = openSince();
    if (open.length === 0) return;
    if (Date.now() > end) {
      exports.leaksHandles = true;
      throw new Error(`Still open after the last test, of ${file}: ${open.join(', ')}`);
    }
  }
}

// Mocha itself may print while it looks for the files.
exports.mochaGlobalSetup = () => {
  stray.length = 0;
};

exports.mochaHooks = {
  async beforeAll() {
    // A timeout would be an open handle of its own.
    this.timeout(0);
    // A worker of mocha removes all listeners after each file.
    if (!process.listeners('unhandledRejection').includes(throwRejection)) {
      process.on('unhandledRejection', throwRejection);
    }
    // Reading these opens them.
    (void process.stdout, process.stderr);
    await nextTurn();
    openBefore = process.getActiveResourcesInfo();
  },
  beforeEach() {
    running = this.currentTest.fullTitle();
    file = relative(process.cwd(), this.currentTest.file);
  },
  async afterAll() {
    this.timeout(0);
    // What is thrown meanwhile fails this hook. Mocha does not accept that it returns after that.
    let hasFailed = false;
    const noteFailure = () => (hasFailed = true);
    process.on('uncaughtException', noteFailure);
    try {
      await failOnOpenHandles();
      failOnStrayOutput();
    } finally {
      process.off('uncaughtException', noteFailure);
      if (hasFailed) await new Promise(() => {});
    }
  },
};

exports.mochaGlobalTeardown = () => {
  if (exports.leaksHandles) {
    // Mocha sets the exit code to its count of failures while the process exits.
    setTimeout(() => process.exit(), 100);
  }
  // When everything has ended, and the exit code is decided: Node 24 may spin for ever in taking itself apart.
  process.once('beforeExit', () => process.on('exit', () => process.reallyExit(process.exitCode ?? 0)));
  failOnStrayOutput();
};
