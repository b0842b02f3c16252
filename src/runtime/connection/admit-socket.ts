import type { Socket } from 'socket.io';
import { UnAuthorizedError } from '../../errors';
import type { WireError } from '../../types';
import { ConnectError, messageOf } from '../answer/connect-error';
import { requestIDOf } from '../answer/request-id';
import { shownError } from '../answer/shown-error';
import { isPresentable, masked } from '../answer/wire-error';
import { runMiddleware } from '../errors/run-middleware';
import { describeBriefly } from '../errors/describe-briefly';
import { toError } from '../errors/to-error';
import { abortAll } from '../event/abort-signal';
import { takePoints } from '../event/rate-limits';
import { debug } from '../debug';
import type { Gateway, SocketSession } from '../model';
import { knownAddress } from '../socket-io/address';
import { sessionOf } from '../socket-io/socket-session';
import { assumedUserOf } from '../user/assumed-user';
import { setUser, userOf } from '../user/socket-user';
import { authenticationOutage } from './authentication-outage';
import { checkClassGuard } from './check-class-guard';

/**
 * Decides whether a socket may enter its namespace: limits, middlewares of the broker and of the gateway, authentication,
 * guard of the class. Always calls `next`, in bounded time.
 */
export function admitSocket(socket: Socket, next: (error?: Error) => void): void {
  const session = sessionOf(socket);
  const { gateway, path } = session;
  if (socket.conn.readyState !== 'open') {
    // The client disconnected during the handshake: Socket.IO drops the socket.
    next();
    return;
  }
  const { handshakeTimeout } = gateway.plan.limits;
  runMiddleware(
    handshakeTimeout,
    'HANDSHAKE_TIMEOUT',
    (done) => admit(session).then(done),
    () => gateway.metrics?.exceeded(path, 'handshakeTimeout'),
  ).then(
    () => {
      // If the gateway has stopped meanwhile, the client must come back, which it does only after a transport close.
      if (!gateway.io) socket.conn.close(true);
      if (debug.enabled) debug("%s: admits %s to '%s'", gateway.plan.className, socket.id, path);
      next();
    },
    (error: unknown) => {
      abortAll(session, error);
      if (debug.enabled)
        debug("%s: refuses %s '%s': %s", gateway.plan.className, socket.id, path, describeBriefly(error));
      gateway.metrics?.refused(path, codeOf(error));
      next(ConnectError.is(error) ? error : refusal(gateway, socket, error));
    },
  );
}

async function admit(session: SocketSession): Promise<void> {
  const { gateway, path, socket } = session;
  const { plan, service } = gateway;
  const { connectionRate } = gateway;
  if (connectionRate.length > 0) await takePoints(gateway, connectionRate, { socket }, path, 'connections');
  if (!gateway.started) await gateway.ready;
  for (const callback of gateway.callbacks.connecting) await callback.call(socket);
  // As in moleculer-io, whose middlewares know the user.
  if (plan.moleculerIo) await authenticate(gateway, socket);
  for (const middleware of plan.middlewares) {
    await runMiddleware(Infinity, '', (next) =>
      middleware.call(service, socket, (error) => {
        // In Socket.IO, `next(error)` is the way to tell a client the reason.
        next(error && new ConnectError(error));
      }),
    );
  }
  if (!plan.moleculerIo) await authenticate(gateway, socket);
  if (plan.guard) await checkClassGuard(session);
}

async function authenticate(gateway: Gateway, socket: Socket): Promise<void> {
  const { authentication } = gateway.plan;
  const assumed = assumedUserOf(socket);
  if (!authentication && !assumed) return;
  const call = authentication?.method.call as ((this: unknown, socket: Socket) => unknown) | undefined;
  let user: unknown;
  try {
    user = assumed ? assumed.user : await call?.call(gateway.service, socket);
    // A recovered client still has its previous user.
    if (!user && !userOf(socket)) return;
    const { moleculerIo } = gateway.plan;
    if (moleculerIo) await moleculerIo.saveUser(gateway.service, socket, user);
    else await setUser(socket, user);
  } catch (thrown) {
    const { exposeErrors } = gateway.plan;
    const error = toError(thrown);
    if (codeOf(error) === 401 && (exposeErrors || isPresentable(error))) throw error;
    gateway.logger.warn(
      `${gateway.plan.className}: ${authentication?.method.name ?? 'the user'} refused ${socket.id} of ${knownAddress(socket.handshake.address)}: ` +
        describeBriefly(thrown),
    );
    const outage = authenticationOutage(error, exposeErrors);
    if (outage) throw outage;
    const denial = new UnAuthorizedError();
    if (exposeErrors && error === thrown) denial.message = messageOf(error) ?? denial.message;
    throw denial;
  }
}

/**
 * Returns what the client gets as `connect_error`: the message, and in `data` the error, as far as it can be serialized. If the
 * data of the error say that it is `retryable`, `data` itself says so, too.
 */
function refusal(gateway: Gateway, socket: Socket, thrown: unknown): ConnectError {
  const requestID = requestIDOf(socket) ?? gateway.broker.generateUid();
  const error = shownError(gateway, socket, undefined, thrown, requestID);
  const { data: _data, ...rest } = error;
  const candidates = [error, rest, masked(requestID)].map(
    (data) =>
      new ConnectError({
        message: data.message,
        data: isRetryable(data) ? { ...data, retryable: true } : data,
      }),
  );
  return candidates.find(({ data }) => data !== undefined) as ConnectError;
}

function isRetryable({ data }: WireError): boolean {
  return (data as { retryable?: unknown } | null | undefined)?.retryable === true;
}

function codeOf(error: unknown): number {
  try {
    const code = (error as { code?: unknown } | null | undefined)?.code;
    return typeof code === 'number' ? code : 500;
  } catch {
    // A getter threw.
    return 500;
  }
}
