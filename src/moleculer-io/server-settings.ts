import type { Service } from 'moleculer';
import { checkOrigin } from './check-origin';
import type { ServerSettings } from '../types';

type Cors = NonNullable<ServerSettings['cors']>;
type CorsOptions = Exclude<Cors, (...args: never[]) => unknown>;

/** A service whose application has its own `checkOrigin`. */
interface OriginChecker {
  checkOrigin(origin: string, allowed: unknown): unknown;
}

/** The functions by which services decide about origins. All namespaces of a service must have the same one. */
const deciders = new WeakMap<Service, (origin: string) => unknown>();

/**
 * Returns the settings of the server with one `cors`: `io.options.cors` goes before `cors`, and the method `checkOrigin`, if the
 * application has its own, decides about origins.
 */
export function serverSettingsOf(service: Service, settings: ServerSettings): ServerSettings {
  const { cors: ownCors, ...options } = settings.io?.options ?? {};
  const cors = ownCors ?? settings.cors;
  const checks = hasOwnCheck(service);
  if (ownCors === undefined && !checks) return settings;
  return {
    ...settings,
    cors: checks && typeof cors !== 'function' ? checkedCors(service, cors) : cors,
    io: { ...settings.io, options },
  };
}

function checkedCors(service: Service, cors: CorsOptions | undefined): CorsOptions {
  const decide =
    deciders.get(service) ??
    ((origin: string) => (service as object as OriginChecker).checkOrigin(origin, cors?.origin));
  deciders.set(service, decide);
  return { ...cors, origin: decide as CorsOptions['origin'] };
}

/** Parts of a schema, or of a mixin. */
interface SchemaParts {
  readonly methods?: Readonly<Record<string, unknown>>;
  readonly mixins?: SchemaParts | readonly SchemaParts[];
}

/** Returns true if the application has its own `checkOrigin`. That of moleculer-web's mixin is none. */
function hasOwnCheck({ schema, originalSchema }: Service): boolean {
  const method = (schema as SchemaParts).methods?.['checkOrigin'];
  if (method === undefined || method === checkOrigin) return false;
  return !isOfMoleculerWeb(originalSchema as SchemaParts, method);
}

/** Replaces moleculer-web's method, which matches patterns in time that grows with the square of the origin, and worse. */
function isOfMoleculerWeb({ methods, mixins }: SchemaParts, method: unknown): boolean {
  const isHere = methods?.['checkOrigin'] === method && typeof methods?.['httpHandler'] === 'function';
  return isHere || [mixins ?? []].flat().some((mixin) => isOfMoleculerWeb(mixin, method));
}
