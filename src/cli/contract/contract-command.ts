import { parse, stringify } from 'yaml';
import { contractOf, type ContractDocument, type ContractServer } from '../../contract';
import { DeclarationError } from '../../errors';
import type { ContractCommand } from '../command-line';
import { findFiles } from '../find-files';
import { checkOutput, writeOutput, type Output } from '../output-file';
import { CommandError, type Terminal } from '../terminal';
import { loadGateways } from './load-gateways';
import { packageInfo } from './package-info';

/** Runs the command `contract`, and returns its exit code. */
export async function runContract(command: ContractCommand, terminal: Terminal): Promise<number> {
  const { patterns, out, check, title, apiVersion, servers } = command;
  const { folder } = terminal;
  const files = await findFiles(patterns, folder);
  const gateways = await loadGateways(files, folder);
  const { name, version } = packageInfo(folder);
  const info = {
    ...((title ?? name) !== undefined && { title: title ?? name }),
    ...((apiVersion ?? version) !== undefined && { version: apiVersion ?? version }),
  };
  const described = servers.length > 0 ? { servers: describeServers(servers) } : {};
  const document = describe(() => contractOf(gateways, { info, ...described }));
  const write = out?.endsWith('.json') ? toJson : toYaml;
  const count = Object.values(document.operations).length;
  const output: Output = {
    text: write(document),
    normalize: (text) => normalize(text, out ?? ''),
    summary: `${plural(gateways.length, 'gateway')}, ${plural(count, 'event')}`,
    command: `npx moleculer-socket-gateway contract ${patterns.map((one) => `'${one}'`).join(' ')} --out ${out ?? ''}`,
  };
  return check && out !== undefined ? checkOutput(terminal, out, output) : writeOutput(terminal, out, output);
}

/** Mistakes in declarations are for the person who runs the command. */
function describe(make: () => ContractDocument): ContractDocument {
  try {
    return make();
  } catch (error) {
    throw error instanceof DeclarationError ? new CommandError(error.message) : error;
  }
}

function toJson(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

function toYaml(document: unknown): string {
  return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0 });
}

/** Writes a document anew: formatting, and the order of keys, say nothing. A file that cannot be read stays as it is. */
function normalize(text: string, file: string): string {
  try {
    const document = file.endsWith('.json') ? (JSON.parse(text) as unknown) : (parse(text) as unknown);
    return stringify(document, { aliasDuplicateObjects: false, lineWidth: 0, sortMapEntries: true });
  } catch {
    return text;
  }
}

function describeServers(urls: readonly string[]): Record<string, ContractServer> {
  const servers: Record<string, ContractServer> = {};
  for (const [at, text] of urls.entries()) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (!url?.host)
      throw new CommandError(`--server must be a URL like wss://chat.example.com, not '${text}'.`, 2);
    servers[at === 0 ? 'default' : `server${at + 1}`] = {
      host: url.host,
      protocol: url.protocol.slice(0, -1),
      ...(url.pathname !== '/' && url.pathname !== '' && { pathname: url.pathname }),
    };
  }
  return servers;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
