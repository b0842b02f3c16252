import type { PresenceListenerPlan } from '../../plan/plan';
import type { PresenceDiff } from '../../types';
import { runSafely } from '../errors/run-safely';
import type { Gateway } from '../model';
import type { PresenceRoom } from './presence-room';

type Listener = (this: unknown, diff: PresenceDiff, room: string, namespace: string) => unknown;

/** The methods of a gateway that are told what changes. */
export class PresenceListeners {
  constructor(
    private readonly gateway: Pick<Gateway, 'service' | 'report'>,
    private readonly listeners: readonly PresenceListenerPlan[],
  ) {}

  /** Returns true if a method wants to know of the room. */
  isNeeded({ name }: PresenceRoom): boolean {
    return this.listeners.some(({ matches }) => matches(name));
  }

  /**
   * Calls the methods.
   *
   * @param own what this node tells the methods that are called on one node
   */
  tell({ name, namespace }: PresenceRoom, all: PresenceDiff, own: PresenceDiff | undefined): void {
    for (const { method, matches, once } of this.listeners) {
      const diff = once ? own : all;
      if (!diff || isEmpty(diff) || !matches(name)) continue;
      runSafely(`the @OnPresence method ${method.name} failed`, this.gateway.report, () =>
        (method.call as Listener).call(this.gateway.service, diff, name, namespace),
      );
    }
  }
}

/** Returns true if nothing has changed. */
export function isEmpty({ joins, leaves, updates }: PresenceDiff): boolean {
  return joins.length === 0 && leaves.length === 0 && updates.length === 0;
}
