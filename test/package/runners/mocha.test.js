'use strict';
const kit = require('moleculer-socket-gateway/testing');
const sinon = require('sinon');
const { cases, timed } = require('./chat-gateway');

describe('the chat, in mocha', () => {
  let clock;
  for (const [name, run] of Object.entries(cases(kit))) it(name, run);
  it(
    'runs with fake timers',
    timed(kit, {
      install: () => (clock = sinon.useFakeTimers()),
      advance: (ms) => clock.tickAsync(ms),
      restore: () => clock.restore(),
    }),
  );
});
