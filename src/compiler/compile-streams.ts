import { types } from 'node:util';
import type { StreamPlan } from '../plan/plan';
import { readStreamOptions } from '../plan/stream-options';
import type { MemberDeclaration } from './inherit-facts';
import { isEnabled } from './is-enabled';

/**
 * Compiles what a method does with streams. It takes one with `@MessageStream()`, or, with the option `stream`, through its
 * context.
 *
 * @param option the option `stream`
 * @param action the options of its action
 */
export function compileHandlerStreams(
  member: MemberDeclaration,
  option: unknown,
  action: Readonly<Record<string, unknown>>,
  report: (what: string) => void,
): StreamPlan {
  const sources = member.arguments.map(({ source }) => source.from);
  const injects = sources.includes('stream');
  const hasContext = sources.length === 0 || sources.includes('context');
  const plan = readStreamOptions(
    option,
    'stream',
    {
      upload: injects ? 'required' : option !== undefined && hasContext ? 'optional' : 'none',
      objects: true,
    },
    report,
  );
  if (plan.upload === 'none') checkUnread(option, report);
  if (plan.upload !== 'none' && isEnabled(action['retryPolicy']))
    report('retryPolicy cannot repeat an event with a stream, which is read once; take it away');
  checkGenerator(member, action, sources.includes('ack'), report);
  return plan;
}

/** Returns true if a method is an async generator. */
export function isAsyncGenerator({ method }: MemberDeclaration): boolean {
  return types.isGeneratorFunction(method) && types.isAsyncFunction(method);
}

/** Reports limits of uploads on a method that takes none. */
function checkUnread(option: unknown, report: (what: string) => void): void {
  if (typeof option !== 'object' || option === null) return;
  if ('idle' in option && !('maxBytes' in option)) return;
  report(
    'stream is for the stream of the client, and no parameter takes it; add one with @MessageStream(), or with @Ctx() for ctx.stream',
  );
}

/** Reports what cannot work with the generator that a method is. */
function checkGenerator(
  { method }: MemberDeclaration,
  action: Readonly<Record<string, unknown>>,
  injectsAck: boolean,
  report: (what: string) => void,
): void {
  if (!types.isGeneratorFunction(method)) return;
  if (!types.isAsyncFunction(method)) {
    report('a generator cannot answer an event; write an async one: async *rows() { … }');
    return;
  }
  if (injectsAck) report('an async generator answers with its stream; take the parameter with @Ack() away');
  if (isEnabled(action['cache']))
    report('the stream of an async generator cannot be cached; take cache away');
}
