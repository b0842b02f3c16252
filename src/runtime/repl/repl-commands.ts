import type { ServiceBroker } from 'moleculer';
import { disconnectUserCommand } from './disconnect-user-command';
import { emitToCommand } from './emit-to-command';
import type { ReplCommand } from './repl-command';
import { socketEventsCommand } from './socket-events-command';
import { socketsCommand } from './sockets-command';

/**
 * The commands of Moleculer's REPL for gateways on any node: `sockets`, `socket-events`, `emit-to`, `disconnect-user`. A node with
 * a gateway has them by itself. A node without one is given them in the options of its broker.
 *
 * @example
 * new ServiceBroker({ replOptions: { customCommands: replCommands } }); // Moleculer 0.15
 * new ServiceBroker({ replCommands });                                  // Moleculer 0.14
 */
export const replCommands: ReplCommand[] = [
  socketsCommand,
  socketEventsCommand,
  emitToCommand,
  disconnectUserCommand,
];

/** A command of the application. */
interface CustomCommand {
  readonly command?: unknown;
  readonly alias?: unknown;
}

/** The broker options that Moleculer reads commands from: 0.15 has `replOptions`, 0.14 `replCommands`. */
interface ReplSettings {
  replOptions?: { customCommands?: unknown } | null;
  replCommands?: unknown;
}

/** Gives the REPL of a broker the commands, unless the application has commands of these names. It must not have started yet. */
export function addReplCommands(broker: ServiceBroker): void {
  const options = broker.options as object as ReplSettings;
  if (!('replOptions' in options)) {
    options.replCommands = withOurs(options.replCommands);
    return;
  }
  const { replOptions } = options;
  // moleculer-repl takes a list in place of the options, too.
  const given = Array.isArray(replOptions) ? { customCommands: replOptions as unknown[] } : replOptions;
  options.replOptions = { ...given, customCommands: withOurs(given?.customCommands) };
}

function withOurs(given: unknown): unknown[] {
  const own = ([given ?? []].flat() as CustomCommand[]).filter(
    (one) => !(replCommands as unknown[]).includes(one),
  );
  const taken = new Set(own.flatMap(({ command, alias }) => [nameOf(command), ...[alias].flat()]));
  return [...own, ...replCommands.filter(({ command }) => !taken.has(nameOf(command)))];
}

function nameOf(command: unknown): string {
  return String(command).split(' ', 1)[0] as string;
}
