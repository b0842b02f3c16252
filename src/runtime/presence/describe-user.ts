import type { Socket } from 'socket.io';
import { describeBriefly } from '../errors/describe-briefly';
import { ignoreRejection, isPromise } from '../errors/run-safely';
import { debug } from '../debug';
import type { Gateway, UserId } from '../model';
import { userOf } from '../user/socket-user';
import { frozenCopy } from './frozen-copy';

/** A user as it is shown. */
export interface Description {
  readonly id: UserId;
  readonly info: object;
}

/**
 * Asks the application how the user of a socket is shown. A failure is reported.
 *
 * @returns undefined if the user is not shown
 */
export function describeUser({ plan, service, report }: Gateway, socket: Socket): Description | undefined {
  const user = userOf(socket);
  const { of = ownId } = plan.presence ?? {};
  let shown: unknown;
  try {
    shown = of.call(service, user, socket);
    if (isPromise(shown)) {
      ignoreRejection(shown);
      throw new TypeError(
        'presence.of returned a promise; return { id, … } itself, and load what it needs in @Authenticate',
      );
    }
    if (shown === undefined || shown === null) return undefined;
    const { id, ...info } = shown as { id?: unknown };
    if ((typeof id === 'string' || typeof id === 'number') && id === id)
      return { id, info: frozenCopy(info) as object };
    throw new TypeError(
      'presence.of must return an object with an id that is a string or a number, or undefined to hide the user',
    );
  } catch (error) {
    // Functions for users are asked about anonymous clients, too.
    if (user === undefined || user === null)
      debug('%s: presence.of failed for an anonymous client: %s', plan.className, describeBriefly(error));
    else report(`${socket.id} is not shown, for presence.of failed`, error);
    return undefined;
  }
}

function ownId(user: unknown): { id: UserId } | undefined {
  const { id } = (user ?? {}) as { id?: unknown };
  return typeof id === 'string' || typeof id === 'number' ? { id } : undefined;
}
