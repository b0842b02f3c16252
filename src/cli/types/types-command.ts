import type { TypesCommand } from '../command-line';
import { checkOutput, writeOutput, type Output } from '../output-file';
import type { Terminal } from '../terminal';
import { formatTypes } from './format-types';
import { generateTypes, type Generated, type Generation } from './generate';
import { ProgramLoader } from './load-programs';
import { normalizeTypes } from './normalize-types';
import { watchSources } from './watch-sources';

/** Runs the command `types`, and returns its exit code. */
export async function runTypes(command: TypesCommand, terminal: Terminal): Promise<number> {
  const { patterns, out, check, watch, project, binary } = command;
  const { folder } = terminal;
  const generation: Generation = { patterns, folder, binary, loader: new ProgramLoader(folder, project) };
  if (watch && out !== undefined)
    return watchSources(generation, terminal, (made) => {
      tellNotes(made, terminal);
      return write(command, made, terminal);
    });
  const generated = await generateTypes(generation);
  tellNotes(generated, terminal);
  if (generated.problems !== '' || !check || out === undefined) return write(command, generated, terminal);
  return checkOutput(terminal, out, outputOf(command, generated));
}

function tellNotes({ notes }: Generated, { complain }: Terminal): void {
  if (notes !== '') complain(notes.trimEnd());
}

/** Writes the file, or shows the problems and leaves it as it is. */
async function write(command: TypesCommand, generated: Generated, terminal: Terminal): Promise<number> {
  const { problems } = generated;
  if (problems === '') return writeOutput(terminal, command.out, outputOf(command, generated));
  terminal.complain(problems.trimEnd());
  return 1;
}

function outputOf({ patterns, out = '', project, binary }: TypesCommand, generated: Generated): Output {
  const options = `${project === undefined ? '' : ` --project ${project}`}${binary === 'Buffer' ? ' --node' : ''}`;
  return {
    text: generated.text,
    normalize: normalizeTypes,
    format: formatTypes,
    summary: `${plural(generated.gateways, 'gateway')}, ${plural(generated.events, 'event')}`,
    command: `npx moleculer-socket-gateway types ${patterns.map((one) => `'${one}'`).join(' ')} --out ${out}${options}`,
  };
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
