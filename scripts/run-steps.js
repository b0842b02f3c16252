'use strict';
// Runs scripts of package.json, as many at once as there are processors: `node scripts/run-steps.js lint test`.
// Shows the output of each as a whole when it has ended, runs all of them whatever fails, and sums up.

const { spawn } = require('node:child_process');
const { availableParallelism } = require('node:os');
const { delimiter, join } = require('node:path');
const { scripts } = require('../package.json');

const root = join(__dirname, '..');
const waiting = process.argv.slice(2);
const verdicts = [];

// As npm does. An npm for each script would take longer than some of them.
const PATH = [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter);

/** Resolves with what was printed, and whether the script has succeeded. */
function run(script) {
  if (scripts[script] === undefined) throw new Error(`package.json has no script '${script}'`);
  const child = spawn(scripts[script], {
    cwd: root,
    env: { ...process.env, PATH },
    shell: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => output.push(part));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ isGood: code === 0, output: Buffer.concat(output).toString() }));
  });
}

async function runNext() {
  while (waiting.length > 0) {
    const script = waiting.shift();
    const start = Date.now();
    const { isGood, output } = await run(script);
    const seconds = Math.round((Date.now() - start) / 1000);
    const verdict = `${script}: ${isGood ? 'ok' : 'FAILED'}, ${seconds} s`;
    process.stdout.write(`\n=== ${script}\n${output.trimEnd()}\n=== ${verdict}\n`);
    verdicts.push(verdict);
    if (!isGood) process.exitCode = 1;
  }
}

async function main() {
  await Promise.all(Array.from({ length: availableParallelism() }, runNext));
  process.stdout.write(`\n${verdicts.join('\n')}\nin ${Math.round(process.uptime())} s\n`);
}

main();
