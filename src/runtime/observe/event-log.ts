import type { Service } from 'moleculer';
import type { LogLevel, LogSettings } from '../../types';

type Write = (...args: unknown[]) => void;

/** What is logged beyond failures; a function is there only where its setting asks for it. */
export interface EventLog {
  readonly request: Write | undefined;
  readonly params: Write | undefined;
  readonly response: Write | undefined;
  readonly connection: Write | undefined;
  readonly route: Write | undefined;
  readonly broadcast: Write | undefined;
  /** Errors with a code from 400 to 499 are logged too. */
  readonly clientErrors: boolean;
}

/** Chooses the functions of the log once, from the settings of the service. */
export function eventLogOf({ settings, logger }: Service): EventLog {
  const wanted = settings as LogSettings;
  const at = (level: LogLevel | undefined, text: string): Write | undefined => {
    if (typeof level !== 'string' || typeof (logger[level] as unknown) !== 'function') return undefined;
    return (...args) => {
      logger[level](text, ...args);
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
