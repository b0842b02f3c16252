'use strict';
// Lets `npm start` and `npm test` work right after a clone or a pull: installs what package-lock.json asks
// for when node_modules does not hold it, and costs a few milliseconds when it does. An argument names the
// folder of another package of this repository.

const { spawnSync } = require('node:child_process');
const { existsSync, readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '..', process.argv[2] ?? '.');

/** The packages of a lockfile by their path, `node_modules/a/node_modules/b`. */
const packagesOf = (lockfile) => JSON.parse(readFileSync(join(root, lockfile), 'utf8')).packages;

function isInstalled() {
  // npm writes down here what it has installed.
  const written = 'node_modules/.package-lock.json';
  if (!existsSync(join(root, written))) return false;
  const installed = packagesOf(written);
  return Object.entries(packagesOf('package-lock.json')).every(
    ([path, wanted]) =>
      path === '' || // the repository itself
      wanted.optional || // may be missing, on this platform
      (installed[path]?.version === wanted.version && existsSync(join(root, path, 'package.json'))),
  );
}

if (!isInstalled()) {
  console.log('Installing the packages of package-lock.json ...');
  // The tools are needed also where NODE_ENV=production would leave them out.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund'];
  // The npm that runs this script, if one does: there may be no other in PATH.
  const npm = process.env.npm_execpath;
  const { error, status } = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' });
  if (error) console.error(error.message);
  process.exitCode = status ?? 1;
}
