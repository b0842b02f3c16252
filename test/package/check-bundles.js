'use strict';
// What clients see of errors must not depend on how an application is built: it is bundled by esbuild, minified and not, with all
// that it needs, and run with different stacks of errors.

const { buildSync } = require('esbuild');
const { cpSync } = require('node:fs');
const { join } = require('node:path');
const { gzipSync } = require('node:zlib');

/** What Moleculer requires only for transporters and serializers that nobody uses here. */
const external = ['avsc', 'kafka-node', 'protobufjs', 'thrift'];

/** What bundle/gateway.ts prints. Lines that begin with `not` would be mistakes. */
const expected = [
  'nobody UnAuthorizedError 401 NO_USER',
  'unknown event NotFoundError 404 EVENT_NOT_FOUND',
  'no name of an action BadRequestError 400 ACTION_NOT_A_STRING',
  'no such action ServiceNotFoundError 404 SERVICE_NOT_FOUND',
  'params ValidationError 422 VALIDATION_ERROR',
  'depth PayloadTooLarge 413 PAYLOAD_TOO_LARGE',
  'rate none RateLimitExceeded 429 RATE_LIMIT_EXCEEDED',
  'timeout RequestTimeoutError 504 REQUEST_TIMEOUT',
  'remote ForbiddenError 403 REMOTE MoleculerClientError 418 TEAPOT',
  'declaration DeclarationError',
  'stopped',
].join('\n');

/** Bundles a program of the folder, which is in an application, and returns the file. */
function bundle(folder, name, minify) {
  const outfile = join(folder, `${name}${minify ? '.min' : ''}.js`);
  buildSync({
    entryPoints: [join(folder, `${name}.ts`)],
    bundle: true,
    platform: 'node',
    minify,
    outfile,
    external,
    logLevel: 'error',
  });
  return outfile;
}

/**
 * Bundles the gateway and the other node that it calls, and runs them in all combinations.
 *
 * @param directory an application in which the library is installed
 * @param run runs a program and returns its output
 */
exports.checkBundles = function checkBundles(directory, run) {
  const folder = join(directory, 'bundle');
  cpSync(join(__dirname, 'bundle'), folder, { recursive: true });
  const ways = [false, true];
  const remotes = ways.map((minify) => bundle(folder, 'remote', minify));
  for (const gateway of ways.map((minify) => bundle(folder, 'gateway', minify))) {
    for (const remote of remotes) {
      for (const STACKS of ['usual', 'none', 'custom']) {
        const printed = run(directory, process.execPath, [gateway, remote], 60_000, { STACKS });
        if (printed !== expected)
          throw new Error(`${gateway} ${remote}, stacks: ${STACKS}\n${printed}\nexpected:\n${expected}`);
      }
    }
  }
};

const CLIENT_BUDGET_BYTES = 6 * 1024;
const ERROR_BUDGET_BYTES = 1024;

/** What a browser loads of the client, bundled and minified as an application's. */
function bundleForBrowsers(directory, contents) {
  const { outputFiles, metafile } = buildSync({
    stdin: { contents, resolveDir: directory },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    minify: true,
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  return { size: gzipSync(outputFiles[0].contents).byteLength, inputs: Object.keys(metafile.inputs) };
}

/** Bundlers of browsers take the ES module of the client, leave out what is not used, and all of it is small. */
exports.checkClientBundle = function checkClientBundle(directory, library) {
  const cases = [
    [`export { typed, CallError } from '${library}/client';`, CLIENT_BUDGET_BYTES],
    [`export { CallError } from '${library}/client';`, ERROR_BUDGET_BYTES],
    [`import { CallError } from '${library}/client';`, 50],
  ];
  for (const [contents, most] of cases) {
    const { size, inputs } = bundleForBrowsers(directory, contents);
    if (size > most) throw new Error(`${contents} has ${size} bytes, more than ${most}`);
    const others = inputs.filter((file) => /\.c?js$/.test(file));
    if (others.length) throw new Error(`${contents} loads CommonJS: ${others.join()}`);
  }
};
