'use strict';
// Builds this library and the benchmark, and runs it on a core that is not the servers'. What has to be installed
// was installed by `npm run bench`. `node bench/run.js --build` only builds them, for a run that comes later.

const { spawnSync } = require('node:child_process');
const { copyFileSync, mkdirSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { join } = require('node:path');

const root = join(__dirname, '..');
// Here the library finds the moleculer and the socket.io of the benchmark: one copy of each for all variants.
const installed = join(__dirname, 'node_modules', 'moleculer-socket-gateway');

/** Runs a program to its end, and ends with it if it fails. */
function run(program, args, options) {
  const { error, status } = spawnSync(program, args, { cwd: __dirname, stdio: 'inherit', ...options });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

const compile = (modules, ...args) => run(process.execPath, [join(modules, 'typescript/bin/tsc'), ...args]);

// Only what has changed is compiled again: a build is a good part of a short run.
const unchanged = (folder) => ['--incremental', '--tsBuildInfoFile', join(folder, '.tsbuildinfo')];

mkdirSync(installed, { recursive: true });
copyFileSync(join(root, 'package.json'), join(installed, 'package.json'));
compile(
  join(root, 'node_modules'),
  '-p',
  join(root, 'tsconfig.build.json'),
  '--outDir',
  join(installed, 'dist'),
  ...unchanged(installed),
);
compile(join(__dirname, 'node_modules'), ...unchanged(join(__dirname, 'dist')));
if (process.argv[2] === '--build') process.exit();

const main = [join(__dirname, 'dist', 'main.js'), ...process.argv.slice(2)];
const pinned = availableParallelism() > 1 && spawnSync('taskset', ['--version']).status === 0;
if (!pinned) console.log('Without taskset or a second core, servers and load generator share what there is.');
const command = [...(pinned ? ['taskset', '-c', '1'] : []), process.execPath, ...main];
// Ten thousand connections are as many open files: as many as the system allows without being asked.
const [program, ...args] =
  process.platform === 'win32'
    ? command
    : ['sh', '-c', 'ulimit -n "$(ulimit -Hn)" 2>/dev/null; exec "$@"', 'sh', ...command];
run(program, args, { env: { ...process.env, BENCH_TASKSET: pinned ? '1' : '' } });
