import { checkEventOptions } from './check-options';
import type { EventFact } from './inherit-facts';
import { ACTION_OPTIONS, PROXY_OPTIONS } from './known-options';

/** Options that are for methods, or for properties, and do nothing on the other. */
const MISPLACED = {
  method: {
    names: PROXY_OPTIONS,
    what: 'work on a property of type ActionProxy only, not on a method; take them away',
  },
  property: {
    names: ACTION_OPTIONS.filter((name) => name !== 'tracing'),
    what: 'work on methods only; options of the calls of a proxy are written as callOptions: { timeout: 5000 }',
  },
} as const;

/**
 * Merges the options of all `@SocketEvent` of a member.
 *
 * @param on what the member is
 * @param report is told what is wrong with them
 */
export function readEventOptions(
  facts: readonly EventFact[],
  on: keyof typeof MISPLACED,
  report: (what: string) => void,
): Readonly<Record<string, unknown>> {
  const options: Record<string, unknown> = {};
  for (const { options: given } of facts as readonly { readonly options: unknown }[]) {
    if (typeof given === 'object' && given !== null && !Array.isArray(given)) Object.assign(options, given);
    else report("the options of @SocketEvent must be an object: @SocketEvent('message', { timeout: 2000 })");
  }
  const { names, what } = MISPLACED[on];
  const misplaced = names.filter((name) => name in options);
  if (misplaced.length > 0) report(`${misplaced.join(', ')} ${what}`);
  checkEventOptions(options, report);
  return options;
}
