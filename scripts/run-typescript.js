'use strict';
// `node -r ./scripts/run-typescript.js samples/chat/main.ts` runs TypeScript that imports the library by its name.

require('./resolve-own-name');
require('ts-node/register/transpile-only');
