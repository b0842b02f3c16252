'use strict';
const kit = require('moleculer-socket-gateway/testing');
const { cases, timed } = require('./chat-gateway');

describe('the chat, in jest', () => {
  for (const [name, run] of Object.entries(cases(kit))) it(name, run);
  it(
    'runs with fake timers',
    timed(kit, {
      install: () => jest.useFakeTimers(),
      advance: (ms) => jest.advanceTimersByTimeAsync(ms),
      restore: () => jest.useRealTimers(),
    }),
  );
});
