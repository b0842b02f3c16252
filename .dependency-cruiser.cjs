'use strict';
// Which part of src may import which, type-only imports included. Imports point one way: a part may import the parts
// that its line names, and nothing else of src.

// What users can import, by the name of the package.
const entries = ['index', 'client/index', 'contract', 'moleculer-io/index', 'testing/index'];

const parts = {
  errors: ['^src/errors\\.ts$', []],
  types: ['^src/types/', []],
  validation: ['^src/validation/', ['plan', 'errors', 'types']],
  metadata: ['^src/metadata/', ['errors', 'types']],
  decorators: ['^src/decorators/', ['metadata', 'errors', 'types']],
  plan: ['^src/plan/', ['errors', 'types']],
  // Describes plans as AsyncAPI documents.
  contract: ['^src/contract/', ['plan', 'validation', 'errors', 'types']],
  'contract-entry': ['^src/contract\\.ts$', ['compiler', 'contract', 'plan', 'types']],
  compiler: ['^src/compiler/', ['metadata', 'plan', 'validation', 'errors', 'types']],
  'moleculer-io': ['^src/moleculer-io/', ['compiler', 'runtime', 'plan', 'errors', 'types']],
  // The page of the explorer, which runs in browsers, and the file that it is built into.
  explorer: ['^src/explorer/', []],
  runtime: ['^src/runtime/', ['plan', 'contract', 'validation', 'explorer', 'errors', 'types']],
  // Sends and takes streams as the client does.
  testing: ['^src/testing/', ['test-seam', 'client', 'types']],
  // The testing kit goes over connections like any client. This is all that it uses of the runtime beside them.
  'test-seam': ['^src/runtime/test-seam\\.ts$', ['plan', 'runtime']],
  cli: ['^src/cli/', ['contract-entry', 'contract', 'compiler', 'metadata', 'plan', 'errors', 'types']],
  // Runs in browsers, too.
  client: ['^src/client/', []],
};

// The rooms of the runtime. Each may import what the runtime may, and the rooms that its line names.
const ground = ['debug', 'model', 'run', 'moleculer'];
const rooms = {
  debug: ['^src/runtime/debug\\.ts$', []],
  run: ['^src/runtime/errors/', []],
  moleculer: ['^src/runtime/moleculer/', ['run']],
  model: ['^src/runtime/model(/|\\.ts$)', ['run', 'moleculer']],
  repl: ['^src/runtime/repl/', ground],
  'gateways-of': ['^src/runtime/gateways-of\\.ts$', ['model']],
  'presence-of': ['^src/runtime/presence-of\\.ts$', ['model']],
  observe: ['^src/runtime/observe/', ground],
  answer: ['^src/runtime/answer/', [...ground, 'observe']],
  'socket-io': ['^src/runtime/socket-io/', [...ground, 'answer']],
  cluster: ['^src/runtime/cluster/', [...ground, 'socket-io']],
  user: ['^src/runtime/user/', [...ground, 'socket-io']],
  drain: ['^src/runtime/drain/', [...ground, 'gateways-of', 'answer', 'socket-io']],
  stream: ['^src/runtime/stream/', [...ground, 'answer', 'socket-io']],
  presence: ['^src/runtime/presence/', [...ground, 'socket-io', 'user', 'cluster']],
  event: [
    '^src/runtime/event/',
    [...ground, 'observe', 'answer', 'socket-io', 'stream', 'user', 'presence-of'],
  ],
  connection: [
    '^src/runtime/connection/',
    [...ground, 'answer', 'socket-io', 'stream', 'user', 'cluster', 'event'],
  ],
  'auto-expose': ['^src/runtime/auto-expose/', [...ground, 'event']],
  'test-seam': ['^src/runtime/test-seam\\.ts$', ['socket-io', 'user']],
  push: [
    '^src/runtime/push/',
    [...ground, 'observe', 'gateways-of', 'answer', 'socket-io', 'user', 'cluster', 'drain', 'event'],
  ],
  explorer: ['^src/runtime/explorer/', [...ground, 'push']],
  server: ['^src/runtime/server/', [...ground, 'socket-io', 'cluster', 'drain', 'connection', 'explorer']],
  gateway: [
    '^src/runtime/gateway/',
    [
      'gateways-of',
      'observe',
      'answer',
      'socket-io',
      'stream',
      'user',
      'cluster',
      'event',
      'connection',
      'drain',
      'presence',
      'auto-expose',
      'push',
      'repl',
      'explorer',
      'server',
      ...ground,
    ],
  ],
};

/** Where the parts are put together. */
const composers = '^src/(gateway|gateway-parts|load-parts|compile-gateway|index)\\.ts$';

/** Forbids the imports within `scope` that leave a part, but for those that its line allows. */
const rulesOf = (table, scope) =>
  Object.entries(table).map(([name, [path, allowed]]) => ({
    name: `${name}-imports`,
    comment: `${name} may import ${allowed.length > 0 ? allowed.join(', ') : 'no other part'}`,
    severity: 'error',
    from: { path },
    to: { path: scope, pathNot: [path, ...allowed.map((other) => table[other][0])] },
  }));

module.exports = {
  forbidden: [
    ...rulesOf(parts, '^src/'),
    ...rulesOf(rooms, '^src/runtime/'),
    {
      name: 'known-parts',
      comment: 'a new file or folder in src needs a line above',
      severity: 'error',
      from: { path: '^src/', pathNot: [...Object.values(parts).map(([path]) => path), composers] },
      to: {},
    },
    {
      name: 'known-rooms',
      comment: 'a new file or folder in src/runtime needs a line above',
      severity: 'error',
      from: { path: '^src/runtime/', pathNot: Object.values(rooms).map(([path]) => path) },
      to: {},
    },
    {
      name: 'types-are-types',
      comment: 'src/types/ and model.ts hold types only: import them with `import type`',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: [parts.types[0], rooms.model[0]], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'types-import-types',
      severity: 'error',
      from: { path: [parts.types[0], rooms.model[0]] },
      to: { dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-cycles', severity: 'error', from: { path: '^src/' }, to: { circular: true } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared-dependencies',
      comment: 'what src imports, for types too, is a dependency or a peer in package.json',
      severity: 'error',
      // The page of the explorer is built into one file, with what it imports.
      from: { path: '^src/', pathNot: '^src/explorer/page/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown', 'npm-bundled'],
        dependencyTypesNot: ['npm', 'npm-peer'],
        pathNot: '/@types/node/',
      },
    },
    {
      name: 'optional-peer',
      comment: 'moleculer-decorators need not be installed',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '/moleculer-decorators/|^moleculer-decorators' },
    },
    {
      name: 'src-alone',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|samples|scripts|bench)/' },
    },
    {
      name: 'samples-as-users',
      comment:
        'a sample imports the entries of the package, by its name; its test may start the servers that it needs',
      severity: 'error',
      from: { path: '^samples/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|test)/', pathNot: `^src/(${entries.join('|')})\\.ts$` },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/package/(app|bundle|runners)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Looks at type-only imports too. With 'specify' each file would be compiled as well, which takes 4 times as long.
    tsPreCompilationDeps: true,
  },
};
