import { inspect } from 'node:util';
import { DeclarationError } from '../../errors';
import { isBelow, socketPath } from '../../plan/request-paths';
import { READINESS_PATH } from '../../plan/server-settings';
import type { ExplorerOptions } from '../../types';
import type { Gateway } from '../model';

const DEFAULT_PATH = '/explorer';
const NAMES = ['path', 'guard', 'title'];
/** Segments of characters that need no escaping, as request targets have them. */
const PATH = /^\/(?:[\w.~-]+(?:\/[\w.~-]+)*)?$/;

/** The setting `explorer` of a gateway, with its defaults. */
export interface CheckedOptions extends ExplorerOptions {
  /** Without a slash at its end: `''` is the root of the server. */
  readonly path: string;
}

/**
 * Returns the options of a gateway's explorer; undefined if it has none.
 *
 * @throws DeclarationError if the setting is not valid, or if the explorer needs a guard and has none
 */
export function explorerOptions(gateway: Gateway): CheckedOptions | undefined {
  const { explorer } = gateway.server;
  if (explorer === undefined || explorer === false) return undefined;
  if (explorer !== true) checkOptions(gateway, explorer);
  const { path = DEFAULT_PATH, ...options } = explorer === true ? {} : explorer;
  if (!options.guard && process.env['NODE_ENV'] === 'production') {
    throw mistake(
      gateway,
      "settings.explorer has no guard, and NODE_ENV is 'production'; say who may see the page: " +
        'explorer: { guard: (req) => isAdmin(req) }, or leave the explorer out',
    );
  }
  return { ...options, path: path === '/' ? '' : path };
}

function checkOptions(gateway: Gateway, explorer: unknown): void {
  if (typeof explorer !== 'object' || explorer === null || Array.isArray(explorer)) {
    throw mistake(
      gateway,
      `settings.explorer must be true or an object of options, not ${shown(explorer)}: explorer: { path: '/explorer' }`,
    );
  }
  const { path, guard, title, ...unknown } = explorer as Record<string, unknown>;
  const [name] = Object.keys(unknown);
  if (name !== undefined)
    throw mistake(gateway, `settings.explorer.${name} is unknown; the options are ${NAMES.join(', ')}`);
  if (path !== undefined && !(typeof path === 'string' && PATH.test(path) && !hasDotSegment(path))) {
    throw mistake(
      gateway,
      `settings.explorer.path must be a path that begins with a slash and does not end with one, not ${shown(path)}: ` +
        "explorer: { path: '/explorer' }",
    );
  }
  const parent = socketPath(gateway.server.io?.options?.path);
  if (path !== undefined && isBelow(path, parent)) {
    throw mistake(
      gateway,
      `settings.explorer.path '${path}' is below the path of Socket.IO, ${parent}; choose another one`,
    );
  }
  if (path !== undefined && path === (gateway.server.readiness ?? READINESS_PATH)) {
    throw mistake(
      gateway,
      `settings.explorer.path '${path}' is the path of settings.readiness; choose another one`,
    );
  }
  if (guard !== undefined && typeof guard !== 'function') {
    throw mistake(
      gateway,
      `settings.explorer.guard must be a function, not ${shown(guard)}: explorer: { guard: (req) => isAdmin(req) }`,
    );
  }
  if (title !== undefined && (typeof title !== 'string' || title.trim() === ''))
    throw mistake(
      gateway,
      `settings.explorer.title must be a text, not ${shown(title)}: explorer: { title: 'Chat' }`,
    );
}

/** Returns true for a path with `.` or `..`, which a browser removes before it sends a request. */
function hasDotSegment(path: string): boolean {
  return path.split('/').some((segment) => segment === '.' || segment === '..');
}

/** Returns an error about the explorer of a gateway. */
export function mistake({ plan }: Gateway, what: string): DeclarationError {
  return new DeclarationError(plan.className, [{ where: plan.className, what }]);
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0 });
}
