import type { EventPlan } from '../plan/plan';

/**
 * Reads the options that say what an event is for.
 *
 * @param report is told what is wrong with them
 */
export function compileDescription(
  { description, deprecated }: Readonly<Record<string, unknown>>,
  report: (what: string) => void,
): Pick<EventPlan, 'description' | 'deprecated'> {
  const isText = typeof description === 'string';
  if (description !== undefined && !isText) report(`description must be a text, not ${typeof description}`);
  const isNotice = typeof deprecated === 'boolean' || typeof deprecated === 'string';
  if (deprecated !== undefined && !isNotice)
    report('deprecated must be true, or a text that says what to send instead');
  return {
    ...(isText && { description }),
    ...(isNotice && deprecated !== false && { deprecated: deprecated === '' ? true : deprecated }),
  };
}
