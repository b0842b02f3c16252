import type { HandlerPlan } from '../../plan/plan';
import type { SocketContext } from '../../types';

/** Replaces the arguments that have a declared type by what validation makes of them; a promise where a check waits. */
export function validateArguments(
  bodies: HandlerPlan['bodies'],
  ctx: SocketContext,
  from = 0,
): Promise<void> | undefined {
  const args = ctx.args as unknown[];
  for (let i = from; i < bodies.length; i++) {
    const { index, check } = bodies[i] as HandlerPlan['bodies'][number];
    const checked = check(args[index]);
    if (checked instanceof Promise) {
      return checked.then((value: unknown) => {
        replaceArgument(ctx, args, index, value);
        return validateArguments(bodies, ctx, i + 1);
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
