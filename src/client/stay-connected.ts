import type { RawSocket } from './socket-like';

/** Options for logging in and reconnecting. */
export interface StayConnectedOptions<Auth extends object = object> {
  /**
   * Returns the whole `auth` of a handshake. Called for each handshake: return a fresh token. If it fails, the client asks again
   * after a delay, unless the failure says 401 or 403 in its `code`, `status` or `response.status`: then the client stops.
   */
  auth?: () => Auth | Promise<Auth>;
  /**
   * Called when the user must log in again: the gateway refuses a fresh `auth` with 401, or `auth` fails with 401 or 403. Also
   * called once if `auth` fails 5 times in a row; the client goes on asking then. Afterwards, `socket.connect()` tries again.
   */
  onUnauthorized?: (error: Error) => void;
}

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
/** An outage of what gives tokens may be over by then: about 5 s. */
const MAX_AUTH_FAILURES = 5;
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
export function stayConnected(socket: RawSocket, { auth, onUnauthorized }: StayConnectedOptions): () => void {
  let attempts = 0;
  let refusals = 0;
  let authFailures = 0;
  let authRequests = 0;
  let connectedAt = 0;
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  if (auth) {
    socket.auth = (send: (auth: object) => void) => {
      const current = ++authRequests;
      Promise.resolve()
        .then(auth)
        .then(
          (given) => {
            authFailures = 0;
            // The answer to an earlier question is of a connection that is gone.
            if (current === authRequests) send(given);
          },
          (error: unknown) => {
            // No handshake without auth: it would only be refused.
            if (current === authRequests && !isStopped) onAuthFailure(error);
          },
        );
    };
  }
  const onAuthFailure = (error: unknown): void => {
    const isFinal = saysUnauthorized(error);
    if (isFinal) socket.disconnect();
    else comeBack();
    if (isFinal || ++authFailures === MAX_AUTH_FAILURES)
      onUnauthorized?.(error instanceof Error ? error : new Error(String(error)));
  };
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
    isStopped = true;
    clearTimeout(timer);
    socket.off('connect', onConnect);
    socket.off('disconnect', onDisconnect);
    socket.off('connect_error', onRefusal);
  };
}

/** Returns true for a failure with the status 401 or 403, as clients of HTTP and gateways tell it. */
function saysUnauthorized(error: unknown): boolean {
  const { code, status, response } = Object(error) as {
    code?: unknown;
    status?: unknown;
    response?: { status?: unknown } | null;
  };
  return [code, status, response?.status].some((one) => one === 401 || one === 403);
}
