import type { Socket } from 'socket.io';
import { letGo } from '../errors/run-safely';
import type { GatewayRuntime } from '../gateway/build-gateway';

/** The longest delay that a timer can have, in milliseconds; one that is longer fires at once. */
const LONGEST = 2 ** 31 - 1;

/** The timers of connected sockets whose user will expire. */
const timers = new WeakMap<Socket, NodeJS.Timeout>();

/**
 * When a user expires, in milliseconds since the epoch; Infinity for one who does not.
 *
 * @throws TypeError if `expiresAt` of `@Authenticate` returns what is no time
 */
export function expiryOf({ plan, service }: GatewayRuntime, user: unknown): number {
  if (!user) return Infinity;
  const declared = plan.authentication?.expiresAt;
  if (!declared) {
    // The claim of a JSON Web Token, RFC 7519 section 4.1.4: seconds.
    const { exp } = user as { exp?: unknown };
    return typeof exp === 'number' ? exp * 1000 : Infinity;
  }
  const at = declared.call(service, user) as unknown;
  if (at === undefined || at === null) return Infinity;
  const time = at instanceof Date ? at.getTime() : at;
  if (typeof time === 'number' && !Number.isNaN(time)) return time;
  letGo(time);
  throw new TypeError(
    `expiresAt of ${plan.className}.${plan.authentication?.method.name ?? ''} must return a Date, milliseconds since ` +
      'the epoch, or undefined for never',
  );
}

/** Whether a moment has come; NaN is one that has. */
export function isOver(moment: number): boolean {
  return !(moment > Date.now());
}

/** Disconnects a socket when its user expires. To be called whenever the user has changed. */
export function watchExpiry(gateway: GatewayRuntime, socket: Socket): void {
  forgetExpiry(socket);
  // One that is not in yet is watched from the moment in which it is.
  if (!socket.connected) return;
  const expiry = momentOf(gateway, socket);
  if (expiry === Infinity) return;
  const delay = Math.min(Math.max(expiry - Date.now(), 0), LONGEST);
  const check = (): void => {
    // The user may have been renewed in a way that nobody told us of, and a long delay comes in parts.
    if (isOver(momentOf(gateway, socket))) disconnectExpired(gateway, socket);
    else watchExpiry(gateway, socket);
  };
  timers.set(socket, setTimeout(check, delay).unref());
}

/** The socket has gone, or has another user. */
export function forgetExpiry(socket: Socket): void {
  clearTimeout(timers.get(socket));
  timers.delete(socket);
}

/** A user whose expiry cannot be told is not kept. */
function momentOf(gateway: GatewayRuntime, socket: Socket): number {
  try {
    return expiryOf(gateway, (socket.data as { user?: unknown }).user);
  } catch (error) {
    gateway.report(`the expiry of the user of ${socket.id} cannot be told`, error);
    return 0;
  }
}

function disconnectExpired({ logger, plan }: GatewayRuntime, socket: Socket): void {
  logger.info(
    `${plan.className}: ${socket.id} of ${socket.handshake.address} is disconnected: its user has expired`,
  );
  socket.disconnect();
}
