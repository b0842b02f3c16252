import type { ExceededLimit, Gateway } from '../model';
import { knownAddress } from './address';
import { stateOf, type EngineConnection } from './connection';

/**
 * Closes a connection that has exceeded a limit, logs why, and counts it. Clients of Socket.IO come back by themselves.
 *
 * @param gateway whose log and metrics say so
 * @param why completes the sentence "the connection is closed: …"
 */
export function closeForLimit(
  connection: EngineConnection,
  gateway: Gateway,
  limit: ExceededLimit,
  why: string,
): void {
  if (!recordClosing(connection, gateway, limit, why, `the connection ${connection.id}`)) return;
  connection.close();
}

/**
 * Logs and counts that a limit closes a connection.
 *
 * @param subject names the connection in the log
 * @returns false if a limit has closed it already
 */
export function recordClosing(
  connection: Pick<EngineConnection, 'remoteAddress'>,
  { logger, metrics }: Gateway,
  limit: ExceededLimit,
  why: string,
  subject: string,
): boolean {
  const state = stateOf(connection);
  if (state.closedFor) return false;
  state.closedFor = new Error(why);
  logger.warn(`${subject} from ${knownAddress(connection.remoteAddress)} is closed: ${why}`);
  metrics?.exceeded('*', limit);
  return true;
}
