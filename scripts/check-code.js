'use strict';
// Checks the types on both majors of Moleculer, and then lints. All of it in one process: the second program uses
// the files that were read for the first, and ESLint uses the types that are known by then. `tsc`, `tsc -p` and
// `eslint` one by one take twice as long, unless they find their caches.

const ts = require('typescript');
const { ESLint } = require('eslint');

const root = process.cwd();
const sourceFilesOfNode = new Map();

/** Parses each file once, for all programs that resolve modules alike. */
function createHost(options, sourceFiles) {
  const host = ts.createCompilerHost(options, true);
  const { getSourceFile } = host;
  host.getSourceFile = (file, ...rest) => {
    if (!sourceFiles.has(file)) sourceFiles.set(file, getSourceFile.call(host, file, ...rest));
    return sourceFiles.get(file);
  };
  return host;
}

function createProgram(configuration, sourceFiles = sourceFilesOfNode) {
  const { options, fileNames, errors } = ts.getParsedCommandLineOfConfigFile(
    configuration,
    { incremental: false, tsBuildInfoFile: undefined },
    {
      ...ts.sys,
      onUnRecoverableConfigFileDiagnostic: ({ messageText }) => {
        throw new Error(ts.flattenDiagnosticMessageText(messageText, '\n'));
      },
    },
  );
  return ts.createProgram({
    rootNames: fileNames,
    options,
    host: createHost(options, sourceFiles),
    configFileParsingDiagnostics: errors,
  });
}

/** Prints what is wrong, as `tsc` does. */
function checkTypes(program) {
  const diagnostics = ts.sortAndDeduplicateDiagnostics(ts.getPreEmitDiagnostics(program));
  process.stdout.write(
    ts.formatDiagnosticsWithColorAndContext(diagnostics, {
      getCurrentDirectory: () => root,
      getNewLine: () => '\n',
      getCanonicalFileName: (file) => file,
    }),
  );
  return diagnostics.length === 0;
}

async function lint(...programs) {
  const eslint = new ESLint({
    overrideConfig: {
      files: ['{src,test,samples}/**/*.ts'],
      languageOptions: { parserOptions: { projectService: false, programs } },
    },
  });
  const results = await eslint.lintFiles(['.']);
  const formatter = await eslint.loadFormatter('stylish');
  process.stdout.write(await formatter.format(results));
  return results.every(({ errorCount, warningCount }) => errorCount + warningCount === 0);
}

async function check(title, run) {
  const start = Date.now();
  const isGood = await run();
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${title}: ${isGood ? 'ok' : 'FAILED'}, ${seconds} s\n`);
  if (!isGood) process.exitCode = 1;
}

async function main() {
  let program = createProgram('tsconfig.json');
  let page = createProgram('src/explorer/page/tsconfig.json');
  await check('types', () => checkTypes(program));
  await check('types of the explorer', () => checkTypes(page));
  await check('lint', () => lint(program, page));
  // Three programs at once need more memory than Node gives to a process.
  program = page = undefined;
  await check('types, Moleculer 0.14', () => checkTypes(createProgram('tsconfig.moleculer-0.14.json')));
}

main();
