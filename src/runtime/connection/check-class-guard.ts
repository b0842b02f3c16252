import { abortAll } from '../event/abort-signal';
import { createConnectionContext } from '../event/create-context';
import { finishEvent } from '../event/event-context';
import type { SocketSession } from '../model';
import { checkPolicies, checkRoles } from '../user/check-guard';
import { userOf } from '../user/socket-user';

/**
 * Checks that a socket may enter a gateway whose class has a guard. Without a user it may, if an event is open to anonymous
 * clients.
 *
 * @throws UnAuthorizedError 401 without a user, ForbiddenError 403 if a role is missing or a policy does not hold, and what a
 *   policy throws
 */
export async function checkClassGuard(session: SocketSession): Promise<void> {
  const { gateway, socket } = session;
  const { guard, admitsAnonymous } = gateway.plan;
  const user = userOf(socket);
  if (!guard || (!user && admitsAnonymous)) return;
  checkRoles(guard, user);
  if (guard.policies.length === 0) return;
  const ctx = await createConnectionContext(session);
  // A socket that is not connected yet does not tell when its client goes.
  const onClose = (): void => {
    abortAll(session);
  };
  socket.conn.once('close', onClose);
  try {
    await checkPolicies(guard, ctx, gateway.service);
  } finally {
    socket.conn.off('close', onClose);
    finishEvent(ctx, undefined);
  }
}
