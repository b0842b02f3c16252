import { createRequire } from 'node:module';
import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { declaredClass, type ClassValue } from '../../compiler/class-chain';
import { existingRecord } from '../../metadata/storage';
import { CommandError } from '../terminal';

/**
 * Loads files, and returns the gateways that they export: classes with `@SocketNamespace`, alone or in arrays and objects.
 *
 * @throws CommandError if a file cannot be loaded, or if there are none
 */
export async function loadGateways(files: readonly string[], folder: string): Promise<ClassValue[]> {
  const gateways = new Map<object, ClassValue>();
  let isOfOtherCopy = false;
  for (const file of files) {
    const exported = await load(file, relative(folder, file));
    for (const value of valuesIn(exported)) {
      if (isGateway(value)) gateways.set(declaredClass(value).prototype, value);
      else isOfOtherCopy ||= isOfSocketGateway(value);
    }
  }
  if (gateways.size > 0) return [...gateways.values()];
  const count = files.length === 1 ? 'The file exports' : `The ${files.length} files export`;
  throw new CommandError(
    `${count} no class with @SocketNamespace. ` +
      (isOfOtherCopy
        ? 'Their classes are of another copy of moleculer-socket-gateway: run the command of the copy that the application has, npx moleculer-socket-gateway.'
        : 'Name the compiled files of gateways, and export the classes: export class ChatGateway …'),
  );
}

async function load(file: string, shown: string): Promise<unknown> {
  try {
    // Node's loader of modules does not know what loaders of TypeScript add to `require`.
    if (/\.c?tsx?$/.test(file)) return createRequire(file)(file) as unknown;
    return (await import(pathToFileURL(file).href)) as unknown;
  } catch (error) {
    const why = error instanceof Error ? (error.stack ?? error.message) : String(error);
    const hint = /\.[cm]?tsx?$/.test(file)
      ? ' It is TypeScript: compile it, and name the compiled file.'
      : '';
    throw new CommandError(`${shown} cannot be loaded.${hint}\n${why}`);
  }
}

/** Returns the exports of a module, those inside `module.exports`, arrays and plain objects included. */
function valuesIn(exported: unknown, depth = 0): unknown[] {
  if (typeof exported === 'function') return [exported];
  if (typeof exported !== 'object' || exported === null || depth > 2) return [];
  return Object.values(exported).flatMap((value) => valuesIn(value, depth + 1));
}

function isGateway(value: unknown): value is ClassValue {
  if (!isClass(value)) return false;
  const facts = existingRecord(declaredClass(value).prototype)?.classFacts ?? [];
  return facts.some(({ kind }) => kind === 'namespace');
}

function isClass(value: unknown): value is ClassValue {
  return typeof value === 'function' && typeof value.prototype === 'object' && value.prototype !== null;
}

function isOfSocketGateway(value: unknown): boolean {
  for (let type: unknown = value; typeof type === 'function'; type = Object.getPrototypeOf(type))
    if (type.name === 'SocketGateway') return true;
  return false;
}
