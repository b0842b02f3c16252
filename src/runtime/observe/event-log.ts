import type { Service } from 'moleculer';
import type { LogLevel, LogSettings } from '../../types';
import type { EventLog } from '../model';

type Write = (...args: unknown[]) => void;

/** Writes a line at a level. */
export type WriteAt = (level: Exclude<LogLevel, null | false>, ...args: unknown[]) => void;

/**
 * Returns the functions of the log that the settings of the service ask for. Called once per gateway.
 *
 * @param writeAt by default the logger of the service
 */
export function eventLogOf(
  { settings, logger }: Service,
  writeAt: WriteAt = (level, ...args) => {
    logger[level](...args);
  },
): EventLog {
  const wanted = settings as LogSettings;
  const at = (level: LogLevel | undefined, text: string): Write | undefined => {
    if (typeof level !== 'string' || typeof (logger[level] as unknown) !== 'function') return undefined;
    return (...args) => {
      writeAt(level, text, ...args);
    };
  };
  return {
    request: at(wanted.logRequest, '=> request'),
    params: at(wanted.logRequestParams, '   params'),
    response: at(wanted.logResponse, '<= response'),
    connection: at(wanted.logClientConnection, 'client'),
    route: at(wanted.logRouteRegistration, 'event'),
    broadcast: at(wanted.logBroadcastRequest, 'broadcast'),
    clientErrors: wanted.log4XXResponses === true,
  };
}
