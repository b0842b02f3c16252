'use strict';
// Which part of src may import which. Imports point one way:
//
//   errors <- metadata <- decorators          gateway.ts, socket-io-service.ts and index.ts
//             metadata <- compiler <- runtime    put the parts together
//             validation is used by compiler and runtime
//
// src/types/ holds types that several parts (but not errors.ts) speak about: it can be imported for types
// only, and imports nothing else itself.

const paths = {
  types: '^src/types/',
  errors: '^src/errors\\.ts$',
  metadata: '^src/metadata/',
  decorators: '^src/decorators/',
  validation: '^src/validation/',
  compiler: '^src/compiler/',
  runtime: '^src/runtime/',
};
const composers = '^src/(gateway|socket-io-service|index)\\.ts$';

/** Forbids every import within src that leaves `part`, but for the allowed ones. */
const only = (part, allowed) => ({
  name: `${part}-imports`,
  comment: `${part} may import ${allowed.length ? allowed.join(', ') : 'no other part of src'}`,
  severity: 'error',
  from: { path: paths[part] },
  to: { path: '^src/', pathNot: [part, ...allowed].map((name) => paths[name]) },
});

module.exports = {
  forbidden: [
    only('errors', []),
    only('metadata', ['errors', 'types']),
    only('decorators', ['metadata', 'errors', 'types']),
    only('validation', ['errors', 'types']),
    only('compiler', ['metadata', 'errors', 'validation', 'types']),
    only('runtime', ['compiler', 'errors', 'validation', 'types']),
    {
      name: 'known-parts',
      comment: 'a new file or folder in src needs a rule here, or a place in one of the parts',
      severity: 'error',
      from: { path: '^src/', pathNot: [...Object.values(paths), composers] },
      to: {},
    },
    {
      name: 'types-are-types',
      comment: 'src/types/ is no way around the directions: `import type` it, and import only types in it',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: paths.types, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'types-import-types',
      severity: 'error',
      from: { path: paths.types },
      to: { dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'declared-dependencies',
      comment: 'what src imports, for types too, is a dependency or a peer in package.json',
      severity: 'error',
      from: { path: '^src/' },
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
      comment: 'a sample uses what a user can import; its test may start the servers that it needs',
      severity: 'error',
      from: { path: '^samples/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(src|test)/', pathNot: '^src/index\\.ts$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^test/package/app/' },
    tsConfig: { fileName: 'tsconfig.json' },
    // Looks at type-only imports too. With 'specify' each file would be compiled as well, which takes 4 times as long.
    tsPreCompilationDeps: true,
  },
};
