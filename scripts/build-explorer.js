'use strict';
// Builds the page of the explorer into src/explorer/built-page.ts, with all that it imports. The file is committed: users of the
// package, `npm start` and the tests need no build. A test compares the digest in it with the sources.

const { createHash } = require('node:crypto');
const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join, relative, sep } = require('node:path');

const root = join(__dirname, '..');
const sources = join(root, 'src/explorer/page');
const built = join(root, 'src/explorer/built-page.ts');

/** Returns a digest of the sources of the page. */
function digestOfSources() {
  const digest = createHash('sha256');
  const files = readdirSync(sources, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    const name = relative(sources, file).split(sep).join('/');
    digest.update(`${name}\0${readFileSync(file, 'utf8')}\0`);
  }
  return digest.digest('hex');
}

/** Returns the script and the style, minified. */
function bundle() {
  const { outputFiles, warnings } = require('esbuild').buildSync({
    entryPoints: { explorer: join(sources, 'main.ts') },
    outdir: 'out',
    bundle: true,
    minify: true,
    write: false,
    charset: 'utf8',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    legalComments: 'none',
    define: { 'process.env.NODE_ENV': '"production"' },
    // `sideEffects` of package.json is about dist.
    ignoreAnnotations: true,
    tsconfig: join(sources, 'tsconfig.json'),
    logLevel: 'warning',
  });
  if (warnings.length > 0) throw new Error('esbuild warns of the page');
  const textOf = (ending) => outputFiles.find(({ path }) => path.endsWith(ending)).text.trim();
  return { script: textOf('.js'), style: textOf('.css') };
}

function build() {
  const { script, style } = bundle();
  const read = (file) => readFileSync(join(sources, file), 'utf8');
  const text = (name, description, value) =>
    `/** ${description} */\nexport const ${name}: string = ${JSON.stringify(value)};\n`;
  writeFileSync(
    built,
    [
      '// Written by `npm run build:explorer`. Change the sources in page/, not this file.',
      `// ${digestOfSources()}\n`,
      text('PAGE', 'The document, with `{{names}}` for what the server knows.', read('index.html')),
      text('SCRIPT', 'Includes preact and htm (MIT and Apache-2.0) and socket.io-client (MIT).', script),
      text('STYLE', 'All styles.', style),
      text('ICON', 'The icon of the page.', read('icon.svg')),
    ].join('\n'),
  );
}

if (require.main === module) build();
module.exports = { built, digestOfSources };
