'use strict';
// Is what `npm pack` makes of this repository usable? Installs it into fresh applications, as a user would, with
// each supported Moleculer, and looks at it from CommonJS, from ES modules and from TypeScript.

const { spawnSync } = require('node:child_process');
const {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const ts = require('typescript');
const { checkBundles, checkClientBundle } = require('./check-bundles');
const { builds, checkBuild, createBuilds } = require('./check-builds');
const { checkMoleculerIo } = require('./check-moleculer-io');
const { checkNode, checkScripts, createStarter } = require('./check-starter');

const root = join(__dirname, '../..');
const { name: library, devDependencies: versions } = require('../../package.json');

/** What an application brings along: all peers but the optional one, and what it takes to build and talk to it. */
const packages = [
  'class-transformer',
  'class-validator',
  'reflect-metadata',
  'socket.io',
  'socket.io-client',
  'typescript',
  '@types/node',
];

/** The test runners that the testing kit is run in, with what each is started by. */
const runners = {
  mocha: ['mocha', ['mocha.test.js']],
  jest: ['jest', ['--ci', 'jest.test.js']],
  vitest: ['vitest', ['run', 'vitest.test.ts']],
  'node:test': [process.execPath, ['--test', 'node.test.mjs']],
};
/** Runners of users that this repository does not use itself. */
const runnerVersions = { jest: '^30.0.0', vitest: '^4.0.0' };

/** What app/main.ts prints. */
const expected = [
  'accepted {"id":1,"typed":true,"ip":"127.0.0.1"}',
  'invalid ValidationError 422',
  'anonymous 401',
  'stopped',
].join('\n');

let failures = 0;

/** Reports what `run` throws as a failure of this one check, and goes on with the others. */
async function check(title, run) {
  try {
    await run();
    console.log(`ok      ${title}`);
  } catch (error) {
    failures += 1;
    console.log(`FAILED  ${title}\n${error.message.replace(/^/gm, '        ')}`);
  }
}

/** Runs a program, and returns its output; throws all that it said if it fails. */
function run(cwd, program, args, timeout = 300_000, variables = {}) {
  const { error, status, signal, stdout, stderr } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    timeout,
    env: { ...process.env, ...variables },
  });
  if (status !== 0) {
    const reason = error?.message ?? signal ?? `exit code ${status}`;
    throw new Error(`${[program, ...args].join(' ')}: ${reason}\n${stdout}${stderr}`);
  }
  return stdout.trim();
}

function pack(directory) {
  run(root, 'npm', ['pack', '--pack-destination', directory]); // builds, too
  return join(
    directory,
    readdirSync(directory).find((file) => file.endsWith('.tgz')),
  );
}

function checkContents(tarball) {
  const files = run(root, 'tar', ['-tzf', tarball])
    .split('\n')
    .map((file) => file.replace(/^package\//, ''));
  const wanted = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md'];
  wanted.push('dist/index.js', 'dist/index.d.ts', 'docs/index.md', 'docs/chat.png');
  const missing = wanted.filter((file) => !files.includes(file));
  const extra = files.filter(
    (file) =>
      !wanted.includes(file) &&
      !/^dist\/(.+\.(d\.ts|js|js\.map)|client\/index\.(d\.mts|mjs|mjs\.map))$/.test(file) &&
      !/^docs\/[\w/-]+\.(md|png|svg|json|yaml)$/.test(file),
  );
  if (missing.length || extra.length)
    throw new Error(`missing: ${missing.join(' ')}\nextra: ${extra.join(' ')}`);
}

/** What resolvers, bundlers and TypeScript find wrong with a package. */
function checkResolution(tarball) {
  const binary = (name) => join(root, 'node_modules/.bin', name);
  run(root, binary('publint'), ['run', '--strict', tarball]);
  run(root, binary('attw'), ['--no-emoji', tarball]);
}

/** A fresh application with the packed library and one version of Moleculer. */
function createApplication(directory, tarball, moleculer) {
  mkdirSync(directory);
  const dependencies = Object.fromEntries(packages.map((name) => [name, versions[name]]));
  Object.assign(dependencies, { moleculer, [library]: `file:${tarball}` });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies }));
  run(directory, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline']);
}

/** The names of the values that the declarations promise. */
function declaredNames(directory) {
  const file = join(directory, 'node_modules', library, 'dist/index.d.ts');
  const program = ts.createProgram([file], { module: ts.ModuleKind.Node20, target: ts.ScriptTarget.ES2022 });
  const checker = program.getTypeChecker();
  const resolve = (symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  return checker
    .getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)))
    .filter((symbol) => resolve(symbol).flags & ts.SymbolFlags.Value)
    .map((symbol) => symbol.name)
    .sort();
}

/** An application for the test runners, in a folder that jest and vitest take for the root of a project. */
function createRunners(directory, tarball, moleculer) {
  mkdirSync(directory);
  const own = [
    'class-transformer',
    'class-validator',
    'mocha',
    'reflect-metadata',
    'sinon',
    'socket.io',
    'socket.io-client',
  ];
  const dependencies = Object.fromEntries(own.map((name) => [name, versions[name]]));
  Object.assign(dependencies, runnerVersions, { moleculer, [library]: `file:${tarball}` });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ private: true, dependencies }));
  run(directory, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']);
  cpSync(join(__dirname, 'runners'), directory, { recursive: true });
}

/** A run that leaves something open does not end, or only after the timeout. */
function checkRunner(directory, [program, args]) {
  const path = program === process.execPath ? program : join(directory, 'node_modules/.bin', program);
  run(directory, path, args, 25_000);
}

/** Without socket.io-client, which is an optional peer, the kit says what to install. */
function checkMissingClient(directory) {
  const script = `const Module = require('node:module');
    const { _resolveFilename } = Module;
    Module._resolveFilename = function (request, ...rest) {
      if (request === 'socket.io-client') throw Object.assign(new Error('not found'), { code: 'MODULE_NOT_FOUND' });
      return _resolveFilename.call(this, request, ...rest);
    };
    const { testGateway } = require('${library}/testing');
    const { ChatGateway, users } = require('./chat-gateway');
    testGateway(ChatGateway, { services: [users] }).catch(({ message }) => console.log(message));`;
  const printed = run(directory, process.execPath, ['-e', script], 30_000);
  const wanted = `${library}/testing needs the package 'socket.io-client'; install it: npm install --save-dev socket.io-client`;
  if (printed !== wanted) throw new Error(`printed:\n${printed}\nexpected:\n${wanted}`);
}

function checkRequire(directory, names) {
  const script = `console.log(JSON.stringify(Object.keys(require('${library}')).sort()))`;
  const required = run(directory, process.execPath, ['-e', script]);
  if (names.length === 0 || required !== JSON.stringify(names)) {
    throw new Error(`declared: ${JSON.stringify(names)}\nrequired: ${required}`);
  }
}

function checkImport(directory, names) {
  // A name that Node cannot see in the CommonJS file fails when the import is linked.
  const script = `import { ${names.join(', ')} } from '${library}';
    const missing = Object.entries({ ${names.join(', ')} }).filter(([, value]) => value === undefined);
    if (missing.length) throw new Error('undefined: ' + missing.join());`;
  run(directory, process.execPath, ['--input-type=module', '-e', script]);
}

/** Compiles app/main.ts in a folder of its own, whose package.json says which kind of module it is. */
function checkTypes(directory) {
  const tsc = join(directory, '../node_modules/typescript/bin/tsc');
  const compiled = spawnSync(process.execPath, [tsc, '--pretty', 'false'], {
    cwd: directory,
    encoding: 'utf8',
  });
  // Other packages' declarations may have mistakes under skipLibCheck: false. Continuation lines are indented.
  const ours = compiled.stdout
    .split('\n')
    .filter((line) => /error TS\d+/.test(line))
    .filter((line) => !line.includes('node_modules/') || line.includes(`node_modules/${library}/`));
  if (ours.length) throw new Error(ours.join('\n'));
}

function checkRun(directory) {
  const printed = run(directory, process.execPath, ['out/main.js'], 30_000);
  if (printed !== expected) throw new Error(`printed:\n${printed}\nexpected:\n${expected}`);
}

/** Runs both commands, as the application's own, and looks at what they write. */
function checkCommands(directory) {
  const command = join(directory, '../node_modules/.bin', library);
  const written = [
    [
      'asyncapi.yaml',
      ['contract', 'out/*.gateway.js', '--out', 'asyncapi.yaml'],
      /^asyncapi: 3\.1\.0$[^]*address: \/notes$/m,
    ],
    [
      'web.ts',
      ['types', '*.gateway.ts', '--out', 'web.ts'],
      /keep: \(note: Note\) => \{ kept: string; at: string \}/,
    ],
  ];
  for (const [file, args, content] of written) {
    run(directory, command, args);
    run(directory, command, [...args, '--check']);
    const text = readFileSync(join(directory, file), 'utf8');
    if (!content.test(text)) throw new Error(`${file} does not match ${content}:\n${text}`);
  }
}

/** Loads the entries beside the main one. */
function checkEntries(directory) {
  const entries = { contract: 'contractOf', client: 'typed, CallError' };
  for (const [entry, names] of Object.entries(entries)) {
    const use = `for (const one of [${names}]) if (typeof one !== 'function') throw new Error('${entry}: ' + one);`;
    run(directory, process.execPath, ['-e', `const { ${names} } = require('${library}/${entry}'); ${use}`]);
    run(directory, process.execPath, [
      '--input-type=module',
      '-e',
      `import { ${names} } from '${library}/${entry}'; ${use}`,
    ]);
  }
}

function createFolder(directory, type) {
  mkdirSync(directory);
  cpSync(join(__dirname, 'app'), directory, { recursive: true });
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ type }));
}

async function main() {
  const temporary = mkdtempSync(join(tmpdir(), `${library}-`));
  try {
    const tarball = pack(temporary);
    await check('the tarball holds what it should, and nothing else', () => checkContents(tarball));
    await check('its exports and types are found by every resolver', () => checkResolution(tarball));

    for (const alias of ['moleculer', 'moleculer-0.14']) {
      const version = versions[alias].replace('npm:moleculer@', '');
      const directory = join(temporary, alias);
      createApplication(directory, tarball, version);
      const names = declaredNames(directory);
      await check(`moleculer ${version}: require gives the ${names.length} declared names`, () =>
        checkRequire(directory, names),
      );
      await check(`moleculer ${version}: import gives them by name`, () => checkImport(directory, names));
      await check(`moleculer ${version}: the other entries load, too`, () => checkEntries(directory));
      await check(`moleculer ${version}: clients see the same errors of a bundle, minified or not`, () =>
        checkBundles(directory, run),
      );
      await check(`moleculer ${version}: browsers get a small client, and of it what they use`, () =>
        checkClientBundle(directory, library),
      );
      await check(`moleculer ${version}: the entry moleculer-io is the mixin, with types`, () =>
        checkMoleculerIo(directory, run),
      );
      for (const type of ['commonjs', 'module']) {
        const folder = join(directory, type);
        createFolder(folder, type);
        await check(`moleculer ${version}, ${type}: a strict application compiles`, () => checkTypes(folder));
        await check(`moleculer ${version}, ${type}: it runs, serves a client, and ends`, () =>
          checkRun(folder),
        );
        await check(`moleculer ${version}, ${type}: the commands write and check files`, () =>
          checkCommands(folder),
        );
      }

      const tested = join(temporary, `${alias}-runners`);
      createRunners(tested, tarball, version);
      for (const [name, runner] of Object.entries(runners))
        await check(`moleculer ${version}: the testing kit runs in ${name}`, () =>
          checkRunner(tested, runner),
        );
      await check(`moleculer ${version}: the testing kit names a missing socket.io-client`, () =>
        checkMissingClient(tested),
      );
    }

    const application = join(temporary, 'moleculer');
    createBuilds(application, run);
    for (const name of builds)
      await check(`${name} builds and runs a gateway`, () => checkBuild(application, name, run));

    const starter = join(temporary, 'starter');
    createStarter(starter, tarball, run);
    await check('a copy of the starter compiles, passes its test, and has types that are up to date', () =>
      checkScripts(starter, run),
    );
    await check('a copy of the starter runs, serves clients, and ends', () => checkNode(starter));
  } catch (error) {
    // No tarball or no application: nothing left to check.
    failures += 1;
    console.log(`FAILED  ${error.message}`);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  process.exitCode = failures ? 1 : 0;
}

void main();
