import { readCommandLine, USAGE } from './command-line';
import { CommandError, type Terminal } from './terminal';

/**
 * Runs a command line, and returns its exit code: 0 if all is well, 1 if something is wrong with the gateways or the file, 2
 * if the command line cannot be understood.
 */
export async function run(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    const command = readCommandLine(args);
    if (command.name === 'help') {
      terminal.say(USAGE);
      return 0;
    }
    return await (command.name === 'contract'
      ? loadContract().runContract(command, terminal)
      : loadTypes().runTypes(command, terminal));
  } catch (error) {
    if (error instanceof CommandError) {
      terminal.complain(error.message);
      return error.exitCode;
    }
    terminal.complain(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return 1;
  }
}

/*
 * Each command loads what only it needs: TypeScript need not be installed for the contract.
 */

function loadContract(): typeof import('./contract/contract-command') {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  return require('./contract/contract-command') as typeof import('./contract/contract-command');
}

function loadTypes(): typeof import('./types/types-command') {
  checkTypeScript();
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- see above
  return require('./types/types-command') as typeof import('./types/types-command');
}

// TypeScript 7 has no API for programs.
function checkTypeScript(): void {
  let version: string;
  try {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- it need not be installed
    ({ version } = require('typescript/package.json') as { version: string });
  } catch {
    throw new CommandError(
      'The command types needs the package typescript. Install it: npm install --save-dev typescript@6',
    );
  }
  if (Number.parseInt(version, 10) >= 7)
    throw new CommandError(
      `The command types needs typescript below 7, whose API it uses; ${version} is installed. Install it beside: npm install --save-dev typescript@6`,
    );
}
