import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';

const typescript = ['src/**/*.ts', 'test/**/*.ts', 'samples/**/*.ts'];
const nodeGlobals = Object.fromEntries(
  [
    'Buffer',
    'clearTimeout',
    'console',
    'exports',
    'module',
    'process',
    'require',
    'setTimeout',
    '__dirname',
  ].map((name) => [name, 'readonly']),
);

export default defineConfig(
  // Applications of users, compiled or bundled and run by test/package/check-package.js.
  globalIgnores([
    'samples/*/page/gateway.d.ts',
    'samples/starter/client/notes.ts',
    'samples/support-desk/client.ts',
    'dist',
    'coverage',
    'docs/api',
    'src/explorer/built-page.ts',
    'docs/.vitepress/cache',
    'docs/.vitepress/dist',
    'bench',
    '.ci',
    'test/package/app',
    'test/package/bundle',
    'test/package/runners',
  ]),
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },

  {
    files: typescript,
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-empty': 'error',
      'object-shorthand': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      // `const { secret: _secret, ...rest }` is how to leave a property out.
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      // No enum is declared here, and the rule takes a third of the time of all rules.
      '@typescript-eslint/no-unsafe-enum-assignment': 'off',
      // A gateway, or a decorated message, may well be a class without members of its own.
      '@typescript-eslint/no-extraneous-class': 'off',
      // Moleculer's and Socket.IO's declarations are looser than what arrives: a check may be needed all the same.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unnecessary-boolean-literal-compare': 'off',
      // What `createService` and `copy` return is what the caller knows it to be.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // One generic parameter is how a caller names the type of what comes over the wire.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // `() => void doIt()` and `() => next()` read well.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // Handlers are async by contract, whether this one waits for something or not.
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'no-console': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
    },
  },
  {
    // Tests send what no well-typed caller would, reach into third parties, and let chai's properties assert.
    files: ['test/**/*.ts', 'samples/**/*.test.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'off',
      // What is deprecated is tested as long as it is there.
      '@typescript-eslint/no-deprecated': 'off',
      '@typescript-eslint/no-misused-promises': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unused-expressions': 'off',
      '@typescript-eslint/only-throw-error': 'off',
      '@typescript-eslint/prefer-promise-reject-errors': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    // Scripts and configuration: plain JavaScript, no type information.
    files: ['**/*.{js,cjs,mjs}'],
    languageOptions: { globals: nodeGlobals },
    rules: {
      eqeqeq: 'error',
      'no-empty': 'error',
      'no-undef': 'error',
      'no-unreachable': 'error',
      'no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-var': 'error',
      'prefer-const': 'error',
    },
  },
  {
    // Its own tsconfig.json is for those who copy it: here the library is found by that of the repository.
    files: ['samples/starter/**/*.ts'],
    languageOptions: { parserOptions: { projectService: false, project: ['./tsconfig.json'] } },
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: [{ from: 'package', name: ['describe', 'it'], package: 'node:test' }] },
      ],
    },
  },
  // A sample's page runs in the browser, whose names are not listed here.
  { files: ['samples/**/*.{js,mjs}'], rules: { 'no-undef': 'off' } },
  { files: ['**/*.{js,cjs}'], languageOptions: { sourceType: 'commonjs' } },
);
