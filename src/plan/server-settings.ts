import type { ServerSettings } from '../types';

/** Settings that belong to the server. They keep their identity and are never published to other nodes. */
export const SERVER_SETTINGS = [
  'port',
  'ip',
  'backlog',
  'https',
  'server',
  'cors',
  'io',
  'recovery',
  'drain',
  'readiness',
  'explorer',
] as const;

/** The setting `readiness` of servers that the gateways open. */
export const READINESS_PATH = '/ready';

/** Returns the settings that belong to the server, by identity. */
export function serverSettings(settings: Readonly<Record<string, unknown>>): ServerSettings {
  return Object.fromEntries(
    SERVER_SETTINGS.filter((key) => settings[key] !== undefined).map((key) => [key, settings[key]]),
  );
}

/** Returns the settings that do not belong to the server. */
export function withoutServer(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).filter(([key]) => !(SERVER_SETTINGS as readonly string[]).includes(key)),
  );
}
