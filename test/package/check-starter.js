'use strict';
// samples/starter is what a team copies: it is copied into an empty folder, installed with the packed library, built, tested and run.

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { cpSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const starter = join(__dirname, '../../samples/starter');

/**
 * Copies the starter, and installs what it needs.
 *
 * @param directory does not exist yet
 * @param tarball the packed library
 * @param run runs a program and returns its output
 */
exports.createStarter = function createStarter(directory, tarball, run) {
  cpSync(starter, directory, { recursive: true, filter: (file) => !/[\\/](node_modules|dist)$/.test(file) });
  const file = join(directory, 'package.json');
  const written = JSON.parse(readFileSync(file, 'utf8'));
  written.dependencies['moleculer-socket-gateway'] = `file:${tarball}`;
  writeFileSync(file, JSON.stringify(written));
  run(directory, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline']);
};

/** Runs the scripts that the README of the starter names, and that end by themselves. */
exports.checkScripts = function checkScripts(directory, run) {
  run(directory, 'npm', ['test']);
  const before = readFileSync(join(directory, 'client/notes.ts'), 'utf8');
  run(directory, 'npm', ['run', 'types', '--', '--check']);
  if (readFileSync(join(directory, 'client/notes.ts'), 'utf8') !== before)
    throw new Error('types --check has written');
};

/** Starts the built node, lets the client of the starter try it, and ends it. */
exports.checkNode = async function checkNode(directory) {
  const node = start(directory, ['dist/src/main.js'], { PORT: '0' });
  try {
    const [, port] = await node.prints(/listens on http:\/\/[^:]+:(\d+)/);
    const client = start(directory, ['dist/client/try.js', `http://localhost:${port}`]);
    await client.prints(/ben reads: Tea is ready\. \(ada\)/);
    await client.ended;
  } finally {
    node.process.kill('SIGTERM');
  }
  const [code] = await node.ended;
  if (code !== 0) throw new Error(`the node ended with ${code}`);
};

/** Starts a program of Node.js. */
function start(cwd, args, variables = {}) {
  const process_ = spawn(process.execPath, args, { cwd, env: { ...process.env, ...variables } });
  let printed = '';
  const ended = once(process_, 'close');
  return {
    process: process_,
    ended,
    /** Resolves with the match when something is printed that fits. */
    prints: (wanted) =>
      new Promise((resolve, reject) => {
        const look = (part = '') => {
          printed += part;
          const match = wanted.exec(printed);
          if (match) resolve(match);
        };
        process_.stdout.on('data', (part) => look(String(part)));
        process_.stderr.on('data', (part) => look(String(part)));
        ended.then(() =>
          reject(new Error(`${args.join(' ')} ended and did not print ${wanted}:\n${printed}`)),
        );
      }),
  };
}
