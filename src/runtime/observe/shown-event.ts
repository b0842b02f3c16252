import { printable } from '../../plan/printable';
import type { SocketContext } from '../../types';
import type { BoundEvent, Gateway } from '../model';

/** Returns the event of a context as the log names it; an action that another service exposes is not named. */
export function shownEventOf({ events }: Gateway, { event, args }: SocketContext): string {
  return shownEvent(event, events.get(event), args);
}

/**
 * Returns an event as the log names it: `'send'`, or with the action that the client wants to call: `'call': 'math.add'`.
 *
 * @param args the arguments of the event, as the client sent them
 */
export function shownEvent(name: string, event: BoundEvent | undefined, args: readonly unknown[]): string {
  const shown = `'${printable(name)}'`;
  const action = actionOf(event?.plan.target, args[0]);
  return action === undefined ? shown : `${shown}: '${printable(action)}'`;
}

function actionOf(target: BoundEvent['plan']['target'] | undefined, first: unknown): string | undefined {
  if (target?.kind === 'action') return target.action;
  return target?.kind === 'proxy' && typeof first === 'string' ? first : undefined;
}
