import type { Socket } from 'socket.io';
import { RateLimitExceeded, UnAuthorizedError } from '../../errors';
import type { AuthenticationPlan } from '../../plan/plan';
import { shownError } from '../answer/answer';
import { enterOneMore, leaveOne } from '../socket-io/connection';
import { ConnectError, messageOf } from '../answer/connect-error';
import { describeThrown } from '../errors/run-safely';
import { isPresentable, masked, toError } from '../answer/wire-error';
import { assignGateway, isServed } from '../socket-io/socket-session';
import type { GatewayRuntime } from '../gateway/build-gateway';
import { checkRoles } from '../user/check-guard';
import { adoptSocket } from '../../moleculer-io/ways';
import { pass } from '../event/packet-middlewares';
import { takePoints } from '../event/rate-limits';
import { requestIDOf } from '../answer/request-id';
import { setUser, userOf } from '../user/socket-user';

/**
 * Decides whether a socket may enter a namespace of the gateway: limits, middlewares of the broker and of the gateway,
 * authentication, guard of the class. Always calls `next`, in bounded time.
 */
export function admitSocket(
  gateway: GatewayRuntime,
  path: string,
  socket: Socket,
  next: (error?: Error) => void,
): void {
  if (socket.conn.readyState !== 'open') {
    // The client has left while it waited: it is asked nothing, and Socket.IO answers nothing.
    next();
    return;
  }
  const { handshakeTimeout } = gateway.plan.limits;
  pass(
    handshakeTimeout,
    'HANDSHAKE_TIMEOUT',
    async (done) => {
      await admit(gateway, path, socket);
      done();
    },
    () => gateway.metrics?.exceeded(path, 'handshakeTimeout'),
  ).then(
    () => {
      // The gateway may have stopped meanwhile: there is nothing to enter, and the client shall come back.
      if (gateway.io) next();
      else socket.conn.close(true);
    },
    (error: unknown) => {
      leaveOne(socket.conn);
      gateway.metrics?.refused(path, codeOf(error));
      next(ConnectError.is(error) ? error : refusal(gateway, socket, error));
    },
  );
}

/** A socket that was recovered may have passed no middleware: what every socket needs, it is given here. */
export function admitRecovered(gateway: GatewayRuntime, socket: Socket): void {
  if (!isServed(socket)) enterNamespace(gateway, socket);
}

/** @returns in how many namespaces the connection is now */
function enterNamespace(gateway: GatewayRuntime, socket: Socket): number {
  assignGateway(socket, gateway);
  if (gateway.plan.likeMoleculerIo) adoptSocket(gateway, socket);
  return enterOneMore(socket.conn);
}

async function admit(gateway: GatewayRuntime, path: string, socket: Socket): Promise<void> {
  const { plan, service } = gateway;
  const { maxNamespaces } = plan.limits;
  if (enterNamespace(gateway, socket) > maxNamespaces) {
    gateway.metrics?.exceeded(path, 'maxNamespaces');
    throw new RateLimitExceeded('TOO_MANY_NAMESPACES', { maxNamespaces });
  }
  const { connectionRate } = gateway;
  if (connectionRate.length > 0) await takePoints(gateway, connectionRate, { socket }, path, 'connections');
  if (!gateway.started) await gateway.ready;
  for (const callback of gateway.moments.connecting) await callback.call(socket);
  for (const middleware of plan.middlewares) {
    await pass(Infinity, '', (next) =>
      middleware.call(service, socket, (error) => {
        // In Socket.IO that is the way to tell a client why.
        next(error && new ConnectError(error));
      }),
    );
  }
  if (plan.authentication) await authenticate(gateway, socket, plan.authentication);
  const { guard } = plan;
  if (guard && (userOf(socket) || !plan.admitsAnonymous)) checkRoles(guard, userOf(socket));
}

async function authenticate(
  gateway: GatewayRuntime,
  socket: Socket,
  { method }: AuthenticationPlan,
): Promise<void> {
  const call = method.call as (this: unknown, socket: Socket) => unknown;
  let user: unknown;
  try {
    user = await call.call(gateway.service, socket);
    // A client that came back may have been somebody else.
    if (!user && !userOf(socket)) return;
    // In moleculer-io that is the method's task from the beginning.
    if (gateway.plan.likeMoleculerIo) await gateway.service.socketSaveUser(socket, user);
    else await setUser(socket, user);
  } catch (thrown) {
    const { exposeErrors } = gateway.plan;
    const error = toError(thrown);
    if (codeOf(error) === 401 && (exposeErrors || isPresentable(error))) throw error;
    gateway.logger.warn(
      `${gateway.plan.className}: ${method.name} refused ${socket.id} of ${socket.handshake.address}: ` +
        describeThrown(thrown),
    );
    const denial = new UnAuthorizedError();
    if (exposeErrors && error === thrown) denial.message = messageOf(error) ?? denial.message;
    throw denial;
  }
}

/** What the client gets as `connect_error`: the message, and the error as `data`, as much of it as can be written. */
function refusal(gateway: GatewayRuntime, socket: Socket, thrown: unknown): ConnectError {
  const requestID = requestIDOf(socket) ?? gateway.broker.generateUid();
  const error = shownError(gateway, socket, undefined, thrown, requestID);
  const { data: _data, ...rest } = error;
  const written = [error, rest, masked(requestID)].map(
    (data) => new ConnectError({ message: data.message, data }),
  );
  return written.find(({ data }) => data !== undefined) as ConnectError;
}

function codeOf(error: unknown): number {
  try {
    const code = (error as { code?: unknown } | null | undefined)?.code;
    return typeof code === 'number' ? code : 500;
  } catch {
    // A getter of whatever was thrown.
    return 500;
  }
}
