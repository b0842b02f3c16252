import type { ServiceSchema } from 'moleculer';
import { SERVER_SETTINGS } from '../plan/server-settings';
import {
  ACTION_OPTIONS,
  CALL_OPTIONS,
  CORS_OPTIONS,
  DESCRIBING_OPTIONS,
  EXPLORER_OPTIONS,
  DRAIN_OPTIONS,
  LOG_SETTINGS,
  MOLECULER_SETTINGS,
  NAMESPACE_OPTIONS,
  PARTS_OF_ACTION_OPTIONS,
  PROXY_OPTIONS,
  SOCKET_IO_OPTIONS,
  VALIDATION_OPTIONS,
} from './known-options';
import { mixinsOf } from './mixins';
import { checkSpelling, didYouMean } from './similar-names';

type Report = (what: string) => void;

const SETTINGS = [...SERVER_SETTINGS, ...LOG_SETTINGS, ...MOLECULER_SETTINGS];

/** Reports misspelt options of `@SocketNamespace`, but for parts of the schema that a mixin has, too. */
export function checkNamespaceOptions(
  options: object,
  mixins: readonly Partial<ServiceSchema>[],
  report: Report,
): void {
  checkNames(
    options,
    NAMESPACE_OPTIONS,
    'the option ',
    report,
    namesIn(mixins, (mixin) => mixin),
  );
  checkNames(partOf(options, 'validation'), VALIDATION_OPTIONS, 'validation.', report);
}

/**
 * Reports misspelt settings. Settings that a mixin declares are the mixin's: moleculer-web has `http2`.
 *
 * @param ioOptions what `settings.io` may hold
 */
export function checkSettings(
  settings: object,
  mixins: readonly Partial<ServiceSchema>[],
  report: Report,
  ioOptions: readonly string[] = ['options', 'adapter'],
): void {
  const declared = namesIn(mixins, (mixin) => mixin.settings);
  checkNames(settings, SETTINGS, 'settings.', report, declared);
  checkNames(partOf(settings, 'cors'), CORS_OPTIONS, 'settings.cors.', report);
  checkNames(partOf(settings, 'explorer'), EXPLORER_OPTIONS, 'settings.explorer.', report);
  checkNames(partOf(settings, 'drain'), DRAIN_OPTIONS, 'settings.drain.', report);
  const io = partOf(settings, 'io');
  for (const name of Object.keys(io)) {
    if (ioOptions.includes(name)) continue;
    report(
      `settings.io.${name} is unknown` +
        (didYouMean(name, ioOptions) || '; options of Socket.IO are in settings.io.options'),
    );
  }
  const options = partOf(io, 'options');
  checkNames(options, SOCKET_IO_OPTIONS, 'settings.io.options.', report);
  checkNames(partOf(options, 'cors'), CORS_OPTIONS, 'settings.io.options.cors.', report);
}

/** Reports misspelt options of `@SocketEvent`. Others are the application's. */
export function checkEventOptions(options: object, report: Report): void {
  checkNames(
    options,
    ['payload', 'stream', ...DESCRIBING_OPTIONS, ...ACTION_OPTIONS, ...PROXY_OPTIONS],
    'the option ',
    report,
  );
  for (const [name, known] of Object.entries(PARTS_OF_ACTION_OPTIONS)) {
    checkNames(partOf(options, name), known, `${name}.`, report);
  }
}

/** Reports misspelt options of calls. What is in `meta` is free. */
export function checkCallOptionNames(callOptions: object | null, where: string, report: Report): void {
  checkNames(callOptions ?? {}, CALL_OPTIONS, `${where}callOptions.`, report);
}

/** @param declared names that mean something to a mixin */
function checkNames(
  options: object,
  known: readonly string[],
  prefix: string,
  report: Report,
  declared: ReadonlySet<string> = new Set(),
): void {
  const unknown = Object.keys(options).filter((name) => !declared.has(name));
  checkSpelling(unknown, known, (what, name) => {
    report(`${prefix}${name} ${what}`);
  });
}

/** Returns an option that is an object itself, and an empty object for any other value. */
function partOf(options: object, name: string): object {
  const part = (options as Record<string, unknown>)[name];
  return typeof part === 'object' && part !== null && !Array.isArray(part) ? part : {};
}

/** Returns the names in a part of all mixins, and of their mixins. */
function namesIn(
  mixins: readonly Partial<ServiceSchema>[],
  part: (mixin: Partial<ServiceSchema>) => object | undefined,
): Set<string> {
  return new Set(
    mixins.flatMap((mixin) =>
      typeof mixin === 'object' && mixin !== null
        ? [...Object.keys(part(mixin) ?? {}), ...namesIn(mixinsOf(mixin), part)]
        : [],
    ),
  );
}
