import * as kit from 'moleculer-socket-gateway/testing';
import { describe, it, mock } from 'node:test';
import { setImmediate as nextTurn } from 'node:timers/promises';
import gateway from './chat-gateway.js';

describe('the chat, in node:test', () => {
  for (const [name, run] of Object.entries(gateway.cases(kit))) it(name, run);
  it(
    'runs with fake timers',
    gateway.timed(kit, {
      install: () => mock.timers.enable({ apis: ['setTimeout', 'setInterval', 'Date'] }),
      async advance(ms) {
        // What the client has sent arrives first: this clock does not wait.
        await nextTurn();
        mock.timers.tick(ms);
        await nextTurn();
      },
      restore: () => mock.timers.reset(),
    }),
  );
});
