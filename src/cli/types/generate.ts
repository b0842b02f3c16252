import { findFiles } from '../find-files';
import { CommandError } from '../terminal';
import type { ProgramLoader } from './load-programs';
import { printFile } from './print-file';
import { Problems } from './problems';
import { findGateways, readGateway, wantedName } from './read/read-gateway';
import { Reading, type Run } from './read/reading';
import { NamedTypes, RESERVED_NAMES } from './wire/named-types';

/** The options of {@link generateTypes}. */
export interface Generation {
  readonly patterns: readonly string[];
  readonly folder: string;
  readonly binary: 'ArrayBuffer' | 'Buffer';
  readonly loader: ProgramLoader;
}

/** The types of clients, and what they were made of. */
export interface Generated {
  /** Empty if there are problems. */
  readonly text: string;
  readonly gateways: number;
  readonly events: number;
  /** The mistakes, a line each. */
  readonly problems: string;
  /** The notes for the user, a line each. */
  readonly notes: string;
  /** The sources and their tsconfig.json, without those of packages. */
  readonly sources: readonly string[];
}

/**
 * Reads the gateways of TypeScript files, and writes the types of their events.
 *
 * @throws CommandError if there are no files, or no gateways in them
 */
export async function generateTypes({ patterns, folder, binary, loader }: Generation): Promise<Generated> {
  const files = await findFiles(patterns, folder);
  const run: Run = {
    folder,
    binary,
    names: new NamedTypes(RESERVED_NAMES),
    problems: new Problems(),
    notes: new Problems(),
  };
  const programs = loader.load(files, run.problems);
  const found = programs.flatMap(({ program, files: sources }, at) => {
    const reading = new Reading(program, run, String(at));
    return sources.flatMap((source) => findGateways(reading, source));
  });
  const sources = programs.flatMap(({ program }) => {
    const files = program.getSourceFiles().map(({ fileName }) => fileName);
    const { configFilePath } = program.getCompilerOptions();
    return [...files, ...(typeof configFilePath === 'string' ? [configFilePath] : [])].filter(
      (name) => !name.includes('/node_modules/'),
    );
  });
  if (found.length === 0 && run.problems.isEmpty) {
    const where = files.length === 1 ? 'The file has' : `The ${files.length} files have`;
    throw new CommandError(`${where} no class with @SocketNamespace of moleculer-socket-gateway.`);
  }
  // The interfaces of gateways have their names before the types that they use.
  const named = found.map((gateway) => ({ gateway, name: run.names.take(wantedName(gateway)) }));
  const described = named.map(({ gateway, name }) => readGateway(gateway, name));
  const problems = run.problems.toString(folder);
  return {
    text: problems === '' ? printFile(described, run.names.declarations) : '',
    gateways: described.length,
    events: described.reduce((sum, { events, sent = [] }) => sum + events.length + sent.length, 0),
    problems,
    notes: run.notes.toString(folder),
    sources: [...new Set(sources)],
  };
}
