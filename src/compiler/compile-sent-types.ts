import { MAX_NAME_LENGTH } from '../plan/names';
import { RESERVED_EVENTS } from '../plan/reserved-events';
import type { PayloadType } from '../types';
import { isSchema } from '../validation/check-schema';
import { SAYS_NOTHING } from '../validation/compile-body';

type Report = (what: string) => void;

/**
 * Compiles the option `returns`, which nothing checks: a class needs no class-validator decorators.
 *
 * @param report is told what is wrong with it
 */
export function compileReturns(
  options: Readonly<Record<string, unknown>>,
  report: Report,
): PayloadType | undefined {
  return 'returns' in options ? describedType(options['returns'], 'returns', report) : undefined;
}

/**
 * Compiles the option `sends`: the types of the arguments, by event.
 *
 * @param report is told what is wrong with it
 */
export function compileSends(sends: unknown, report: Report): Map<string, readonly PayloadType[]> {
  const compiled = new Map<string, readonly PayloadType[]>();
  if (sends === undefined) return compiled;
  if (typeof sends !== 'object' || sends === null || Array.isArray(sends)) {
    report('sends must be an object of events and their arguments: { message: [NewMessage, Number] }');
    return compiled;
  }
  for (const [event, args] of Object.entries(sends)) {
    checkEvent(event, report);
    if (!Array.isArray(args)) {
      report(`sends.${event} must be the list of its arguments: { ${event}: [NewMessage, Number] }`);
      continue;
    }
    const types = args.map((type, at) => describedType(type, `sends.${event}[${at}]`, report));
    compiled.set(
      event,
      types.filter((type) => type !== undefined),
    );
  }
  return compiled;
}

function checkEvent(event: string, report: Report): void {
  if (event === '' || event === '*') report(`sends has '${event}', which is no event; name one`);
  if (event.length > MAX_NAME_LENGTH)
    report(`sends has an event of ${event.length} characters; write at most ${MAX_NAME_LENGTH}`);
  if (RESERVED_EVENTS.has(event))
    report(`sends has '${event}', an event of Socket.IO's own that cannot be sent; name another`);
}

function describedType(type: unknown, option: string, report: Report): PayloadType | undefined {
  if (type === undefined) {
    report(
      `${option} is undefined: a class that is declared further down in its file, or a circular import; move the class up, ` +
        'or into a file of its own',
    );
    return undefined;
  }
  const [item, ...others] = Array.isArray(type) ? (type as unknown[]) : [type];
  const isType = others.length === 0 && (isSchema(item) || typeof item === 'function');
  if (isType && !SAYS_NOTHING.has(item)) return type as PayloadType;
  report(
    `${option} must be a class, String, Number, Boolean, a schema, or [Item] for an array of one of them`,
  );
  return undefined;
}
