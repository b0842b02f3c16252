import type { SocketLike } from './socket-like';

/** How a client logs in, and comes back. */
export interface StayConnectedOptions<Auth extends object = object> {
  /** Returns the whole `auth` of a handshake. Called for each handshake: return a fresh token. */
  auth?: () => Auth | Promise<Auth>;
  /** Called when the gateway refuses a fresh `auth` with 401: the user must log in again. */
  onUnauthorized?: (error: Error) => void;
}

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** A connection that lasts this long was a success: the next delay is the first one again. */
const STABLE_AFTER_MS = 10_000;

interface RefusalData {
  readonly code?: unknown;
  readonly retryable?: unknown;
  readonly data?: { readonly retryAfter?: unknown };
}

/**
 * Brings a socket back after what socket.io-client does not reconnect from: a refused handshake, and a disconnect by the
 * server, as at the expiry of a user. Delays double, with a random part, so that clients do not come back all at once.
 *
 * @returns a function that stops it
 */
export function stayConnected(
  socket: SocketLike,
  { auth, onUnauthorized }: StayConnectedOptions,
): () => void {
  let attempts = 0;
  let refusals = 0;
  let connectedAt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  if (auth) {
    socket.auth = (send: (auth: object) => void) => {
      Promise.resolve()
        .then(auth)
        .then(send, () => {
          // No handshake without auth: it would only be refused. The token may be there at the next attempt.
          comeBack();
        });
    };
  }
  const comeBack = (atLeast = 0): void => {
    clearTimeout(timer);
    const longest = Math.min(FIRST_DELAY_MS * 2 ** attempts++, MAX_DELAY_MS);
    timer = setTimeout(
      () => {
        socket.disconnect();
        socket.connect();
      },
      atLeast + longest * (0.5 + Math.random() / 2),
    );
  };
  const onConnect = (): void => {
    clearTimeout(timer);
    refusals = 0;
    connectedAt = Date.now();
  };
  const onDisconnect = (reason: string): void => {
    if (Date.now() - connectedAt >= STABLE_AFTER_MS) attempts = 0;
    // For other reasons socket.io-client reconnects by itself.
    if (reason === 'io server disconnect' && auth) comeBack();
  };
  const onRefusal = (error: Error & { data?: RefusalData }): void => {
    // An error of the transport: socket.io-client tries again by itself.
    if (socket.active) return;
    const { code, retryable, data } = error.data ?? {};
    if (code === 401) {
      // The first refusal may be about a token that has just expired: auth is asked for a fresh one.
      if (auth && ++refusals === 1) comeBack();
      else onUnauthorized?.(error);
    } else if (retryable === true || code === 429 || code === 503) {
      const seconds = Number(data?.retryAfter);
      comeBack(seconds > 0 ? Math.min(seconds * 1000, MAX_DELAY_MS) : 0);
    }
  };
  socket.on('connect', onConnect);
  socket.on('disconnect', onDisconnect);
  socket.on('connect_error', onRefusal);
  return () => {
    clearTimeout(timer);
    socket.off('connect', onConnect);
    socket.off('disconnect', onDisconnect);
    socket.off('connect_error', onRefusal);
  };
}
