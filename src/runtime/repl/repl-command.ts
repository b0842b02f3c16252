import type { ServiceBroker } from 'moleculer';

/** A command line as moleculer-repl parses it: the options, and the arguments by name. */
export interface CommandLine {
  readonly options: { readonly room?: string | number };
  readonly gateway?: string;
  readonly room?: string;
  readonly event?: string;
  readonly json?: string;
  readonly id?: string;
}

/** A command of moleculer-repl, as `replCommands` (0.14) and `replOptions.customCommands` (0.15) take it. */
export interface ReplCommand {
  command: string;
  description: string;
  options?: { option: string; description: string }[];
  action(broker: ServiceBroker, line: CommandLine): Promise<void>;
}

/** Returns a command that prints the lines of its result, and its failure in one line. */
export function replCommand(
  command: string,
  description: string,
  run: (broker: ServiceBroker, line: CommandLine) => Promise<readonly string[]>,
  options?: ReplCommand['options'],
): ReplCommand {
  return {
    command,
    description,
    ...(options && { options }),
    async action(broker, line) {
      try {
        print(await run(broker, line));
      } catch (error) {
        print([error instanceof Error ? error.message : String(error)]);
      }
    },
  };
}

function print(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}
