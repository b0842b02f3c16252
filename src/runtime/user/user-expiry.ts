import { boundedDelay } from '../errors/bounded-delay';
import { ignoreRejection } from '../errors/run-safely';
import type { Gateway, SocketSession } from '../model';
import { knownAddress } from '../socket-io/address';

/**
 * Returns when a user expires, in milliseconds since the epoch; Infinity if never.
 *
 * @throws TypeError if `expiresAt` of `@Authenticate` does not return a time
 */
export function expiryOf({ plan, service }: Gateway, user: unknown): number {
  if (!user) return Infinity;
  const declared = plan.authentication?.expiresAt;
  if (!declared) {
    // The claim of a JSON Web Token, RFC 7519 section 4.1.4, in seconds.
    const { exp } = user as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : Infinity;
  }
  const at = declared.call(service, user) as unknown;
  if (at === undefined || at === null) return Infinity;
  const time = at instanceof Date ? at.getTime() : at;
  if (typeof time === 'number' && !Number.isNaN(time)) return time;
  ignoreRejection(time);
  throw new TypeError(
    `expiresAt of ${plan.className}.${plan.authentication?.method.name ?? ''} must return a Date, milliseconds since ` +
      'the epoch, or undefined for never',
  );
}

/** Returns true if a time has passed. NaN has passed. */
export function isOver(time: number): boolean {
  return !(time > Date.now());
}

/** Disconnects a socket when its user expires. Must be called whenever the user has changed. */
export function watchExpiry(session: SocketSession): void {
  forgetExpiry(session);
  // Called again when the socket is connected.
  if (!session.socket.connected) return;
  const expiry = expiryOfSession(session);
  if (expiry === Infinity) return;
  const delay = boundedDelay(Math.max(expiry - Date.now(), 0));
  const check = (): void => {
    // The application may have renewed the user itself, and a long delay has several parts.
    if (isOver(expiryOfSession(session))) disconnectExpired(session);
    else watchExpiry(session);
  };
  session.expiryTimer = setTimeout(check, delay).unref();
}

/** Stops watching a socket that is gone or has another user. */
export function forgetExpiry(session: SocketSession): void {
  clearTimeout(session.expiryTimer);
  session.expiryTimer = undefined;
}

/** Returns 0 if the expiry cannot be read: such a user is not kept. */
function expiryOfSession({ gateway, socket }: SocketSession): number {
  try {
    return expiryOf(gateway, (socket.data as { user?: unknown }).user);
  } catch (error) {
    gateway.report(`the expiry of the user of ${socket.id} cannot be read`, error);
    return 0;
  }
}

function disconnectExpired({ gateway, socket }: SocketSession): void {
  gateway.logger.info(
    `${gateway.plan.className}: ${socket.id} of ${knownAddress(socket.handshake.address)} is disconnected: its user has expired`,
  );
  socket.disconnect();
}
