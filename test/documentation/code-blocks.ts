import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import * as library from '../../src';
import * as fragments from './fragments';

/** A block of code of the documentation. */
export interface CodeBlock {
  /** The file and the line where it begins: `README.md:12`. */
  readonly place: string;
  readonly language: string;
  /** What it is a fragment of; undefined for a whole file. */
  readonly fragment: string | undefined;
  /** The file that it is a part of, as it stands there. */
  readonly from: string | undefined;
  readonly code: string;
}

const ROOT = join(__dirname, '../..');
const NO_DOCUMENTATION = ['node_modules', 'dist', 'coverage', '.ci', '.git', '.vitepress', 'api'];
const BLOCK = /(?:<!-- (fragment|from): ([\w ./-]+) -->\s*)?^```(\w+)\n(.*?)^```$/gms;

const LIBRARY_TYPES = [
  'AckFunction',
  'ActionProxy',
  'PresenceDiff',
  'SocketContext',
  'SocketMeta',
  'SocketMiddleware',
];
/** The names of fragments.ts: what is only declared there is nothing when it runs. */
const DECLARED_VALUES = ['url', 'room', 'broker', 'socket', 'chat', 'ann', 'bob', 'vi', 'jest'];
const FRAGMENT_VALUES = [...Object.keys(fragments), ...DECLARED_VALUES];
const FRAGMENT_TYPES = ['Account', 'DefaultEventsMap', 'Socket'];

/** Returns the Markdown files of the repository, relative to it. */
export function markdownFiles(folder = ROOT): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return NO_DOCUMENTATION.includes(entry.name) ? [] : markdownFiles(path);
    return entry.name.endsWith('.md') ? [relative(ROOT, path)] : [];
  });
}

/** Returns all blocks of code that have a language. */
export function codeBlocks(): CodeBlock[] {
  return markdownFiles().flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return [...text.matchAll(BLOCK)].map((match) => ({
      place: `${file}:${text.slice(0, match.index).split('\n').length}`,
      fragment: match[1] === 'fragment' ? match[2] : undefined,
      from: match[1] === 'from' ? match[2] : undefined,
      language: match[3] as string,
      code: match[4] as string,
    }));
  });
}

/**
 * Returns the file that a block is, or is a fragment of, as a module.
 *
 * @throws Error for a kind of fragment that is not known
 */
export function moduleOf({ code, fragment, place }: CodeBlock): string {
  const whole = wrap(code, fragment, place).replaceAll('{ … }', '{}');
  return `${importsFor(whole)}\n${whole}\nexport {};\n`;
}

function wrap(code: string, fragment: string | undefined, place: string): string {
  switch (fragment) {
    case undefined:
      return code;
    case 'members':
      return `class FragmentGateway extends SocketGateway {\n${code}\n}\nvoid FragmentGateway;`;
    case 'decorators':
      return `${code}\nclass FragmentGateway extends SocketGateway {}\nvoid FragmentGateway;`;
    case 'decorators of a member':
      return `class FragmentGateway extends SocketGateway {\n${code}\nmember() {}\n}\nvoid FragmentGateway;`;
    case 'value':
      return `void (${code});`;
    default:
      throw new Error(`${place}: '${fragment}' is no kind of fragment`);
  }
}

/** Imports what the code uses and does not say where from. */
function importsFor(code: string): string {
  const declared = namesIn(code);
  const isMissing = (name: string): boolean =>
    !declared.has(name) && new RegExp(`(?<![.'"\\w-])${name}\\b(?!['":])`).test(code);
  const missing = (values: readonly string[], types: readonly string[]): string =>
    [
      ...values.filter(isMissing),
      ...types.filter((name) => isMissing(name) && !values.includes(name)).map((name) => `type ${name}`),
    ].join(', ');
  return (
    `import { ${missing(Object.keys(library), LIBRARY_TYPES)} } from 'moleculer-socket-gateway'; ` +
    `import { ${missing(FRAGMENT_VALUES, FRAGMENT_TYPES)} } from 'documentation-fragments';`
  );
}

/** Returns what a module imports and declares itself. */
function namesIn(code: string): Set<string> {
  const names = new Set<string>();
  for (const statement of ts.createSourceFile('x.ts', code, ts.ScriptTarget.ES2022, true).statements) {
    if (ts.isImportDeclaration(statement)) {
      const { importClause } = statement;
      if (importClause?.name) names.add(importClause.name.text);
      const bindings = importClause?.namedBindings;
      if (bindings && ts.isNamedImports(bindings))
        for (const { name } of bindings.elements) names.add(name.text);
    } else if (ts.isVariableStatement(statement)) {
      for (const { name } of statement.declarationList.declarations) names.add(name.getText());
    } else if ('name' in statement) {
      names.add((statement.name as ts.Identifier).text);
    }
  }
  return names;
}
