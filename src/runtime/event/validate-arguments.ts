import type { WorkBudget } from '../../plan/body-check';
import type { HandlerPlan } from '../../plan/plan';
import type { SocketContext } from '../../types';
import { TimeBudget } from '../../validation/time-budget';

/**
 * Replaces the arguments that have a declared type by what validation makes of them. Returns a promise if a check does.
 *
 * @param work the time that the message may take. Default: a budget of its own for the one argument, made by its check
 */
export function validateArguments(
  bodies: HandlerPlan['bodies'],
  ctx: SocketContext,
  from = 0,
  work: WorkBudget | undefined = bodies.length > 1 ? new TimeBudget() : undefined,
): Promise<void> | undefined {
  const args = ctx.args as unknown[];
  for (let i = from; i < bodies.length; i++) {
    const { index, check } = bodies[i] as HandlerPlan['bodies'][number];
    const checked = check(args[index], work);
    if (checked instanceof Promise) {
      work?.pause();
      return checked.then((value: unknown) => {
        replaceArgument(ctx, args, index, value);
        return validateArguments(bodies, ctx, i + 1, work);
      });
    }
    replaceArgument(ctx, args, index, checked);
  }
  return undefined;
}

function replaceArgument(ctx: SocketContext, args: unknown[], index: number, value: unknown): void {
  // An optional argument that the client left out stays left out.
  if (value === undefined && index >= args.length) return;
  args[index] = value;
  if (index === 0) ctx.params = value;
}
