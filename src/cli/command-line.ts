import { parseArgs } from 'node:util';
import { CommandError } from './terminal';

export const USAGE = `Usage:
  moleculer-socket-gateway contract <files...> --out <file> [--check]
      Writes what the gateways in compiled files offer, as an AsyncAPI 3.1 document (.yaml or .json).
      --title <text>        Title of the document. Default: the name in package.json.
      --api-version <text>  Version of the document. Default: the version in package.json.
      --server <url>        Where clients connect: wss://chat.example.com. May be given several times.

  moleculer-socket-gateway types <files...> --out <file> [--check | --watch]
      Writes the types of the events, for clients, from the TypeScript sources of gateways.
      --project <file>      The tsconfig.json of the sources. Default: the nearest one of each file.
      --node                For clients in Node.js: binary data is Buffer, not ArrayBuffer.
      --watch               Writes the file anew whenever a source changes.

  --out <file>  The file to write. Without it, the text goes to the standard output.
  --check       Writes nothing: exits with 1, and shows the difference, if the file is not what it would be.

Quote patterns, so that the shell leaves them alone: 'src/**/*.gateway.ts'`;

const COMMON = {
  out: { type: 'string', short: 'o' },
  check: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

const CONTRACT = {
  ...COMMON,
  title: { type: 'string' },
  'api-version': { type: 'string' },
  server: { type: 'string', multiple: true },
} as const;

const TYPES = {
  ...COMMON,
  project: { type: 'string', short: 'p' },
  node: { type: 'boolean', default: false },
  watch: { type: 'boolean', short: 'w', default: false },
} as const;

/** The options of both commands. */
interface CommonOptions {
  readonly patterns: readonly string[];
  readonly out: string | undefined;
  readonly check: boolean;
}

/** The command `contract`. */
export interface ContractCommand extends CommonOptions {
  readonly name: 'contract';
  readonly title: string | undefined;
  readonly apiVersion: string | undefined;
  readonly servers: readonly string[];
}

/** The command `types`. */
export interface TypesCommand extends CommonOptions {
  readonly name: 'types';
  readonly project: string | undefined;
  readonly binary: 'ArrayBuffer' | 'Buffer';
  readonly watch: boolean;
}

export type Command = ContractCommand | TypesCommand | { readonly name: 'help' };

/**
 * Reads a command line.
 *
 * @throws CommandError that says what is wrong with it
 */
export function readCommandLine(args: readonly string[]): Command {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') return { name: 'help' };
  if (name === 'contract') return readContract(rest);
  if (name === 'types') return readTypes(rest);
  throw new CommandError(`There is no command '${name}'. There are contract and types.\n\n${USAGE}`, 2);
}

function readContract(args: string[]): Command {
  const { values, positionals } = parse(() => parseArgs({ args, options: CONTRACT, allowPositionals: true }));
  if (values.help) return { name: 'help' };
  const common = readCommon('contract', values, positionals);
  if (common.out !== undefined && !/\.(ya?ml|json)$/.test(common.out))
    throw new CommandError(`--out must be a file ending in .yaml, .yml or .json, not '${common.out}'.`, 2);
  return {
    name: 'contract',
    ...common,
    title: values.title,
    apiVersion: values['api-version'],
    servers: values.server ?? [],
  };
}

function readTypes(args: string[]): Command {
  const { values, positionals } = parse(() => parseArgs({ args, options: TYPES, allowPositionals: true }));
  if (values.help) return { name: 'help' };
  const common = readCommon('types', values, positionals);
  const { out, check } = common;
  if (values.watch && (check || out === undefined))
    throw new CommandError(`--watch needs --out, and no --check.`, 2);
  if (out !== undefined && !/\.[cm]?ts$/.test(out))
    throw new CommandError(`--out must be a file ending in .ts, not '${out}'.`, 2);
  return {
    name: 'types',
    ...common,
    project: values.project,
    binary: values.node ? 'Buffer' : 'ArrayBuffer',
    watch: values.watch,
  };
}

function readCommon(
  command: string,
  { out, check }: { readonly out?: string | undefined; readonly check: boolean },
  patterns: readonly string[],
): CommonOptions {
  if (patterns.length === 0)
    throw new CommandError(
      `Which files have gateways? Write: moleculer-socket-gateway ${command} <files...> --out <file>`,
      2,
    );
  if (check && out === undefined) throw new CommandError('--check needs --out: the file to compare with.', 2);
  return { patterns, out, check };
}

// parseArgs says what is wrong in its message.
function parse<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${USAGE}`, 2);
  }
}
