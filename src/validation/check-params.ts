import type { ParamRule, ParamRules } from '../plan/param-rules';
import { validationError, type FieldProblem } from './validation-error';

/**
 * Returns the params that have rules, without those that are undefined or null. The gateway checks the params of its own actions by
 * itself, because an application may switch the validator of its broker off.
 *
 * @throws ValidationError 422 that names each param that is wrong
 */
export function checkParams(rules: ParamRules, params: unknown): Record<string, unknown> {
  const given = isObject(params) ? params : {};
  const checked: Record<string, unknown> = {};
  const problems: FieldProblem[] = [];
  if (!isObject(params))
    problems.push({ field: '', type: 'object', message: 'The params must be an object.' });
  for (const [field, rule] of Object.entries(rules)) {
    const value = given[field];
    const alternatives = [rule].flat();
    if (value !== undefined && value !== null && alternatives.some((one) => holds(one, value)))
      checked[field] = value;
    else if ((value !== undefined && value !== null) || !alternatives.some(({ optional }) => optional))
      problems.push(problemOf(field, alternatives, value));
  }
  if (problems.length > 0) throw validationError(problems);
  return checked;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function holds({ type, empty, positive, min = -Infinity, items }: ParamRule, value: unknown): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string' && (empty !== false || value !== '');
    case 'number':
      return Number.isFinite(value) && (!positive || (value as number) > 0) && (value as number) >= min;
    case 'boolean':
      return typeof value === 'boolean';
    case 'array':
      // Not `every`, which skips the holes of an array.
      return Array.isArray(value) && !(items && value.findIndex((item) => !holds(items, item)) >= 0);
  }
}

function problemOf(field: string, rules: readonly ParamRule[], actual: unknown): FieldProblem {
  const isMissing = actual === undefined || actual === null;
  const type = isMissing ? 'required' : (rules[0]?.type ?? '');
  return {
    field,
    type,
    message: `The '${field}' param must be ${rules.map(describe).join(' or ')}.`,
    actual,
  };
}

function describe({ type, empty, positive, min, items }: ParamRule): string {
  if (type === 'array') return items ? `an array, each item of which is ${describe(items)}` : 'an array';
  if (type === 'string') return empty === false ? 'a string that is not empty' : 'a string';
  if (type === 'number') {
    if (min !== undefined) return `a number of at least ${min}`;
    return positive ? 'a number greater than 0' : 'a number';
  }
  return 'true or false';
}
