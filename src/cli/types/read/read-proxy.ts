import ts from 'typescript';
import { quote, single, unionOf } from '../wire/printed';
import type { DecoratedMember } from './class-chain';
import type { Argument, EventDescription } from './description';
import type { EventOptions } from './event-options';
import type { Reading } from './reading';

/** Reads a property through which clients call actions. */
export function readProxy(
  reading: Reading,
  { declaration, type }: DecoratedMember,
  options: EventOptions,
  subject: string,
): Pick<EventDescription, 'variants' | 'answer'> | undefined {
  if (type.getCallSignatures().length > 0) {
    const what = '@SocketEvent is applied to a property that holds a function; write a method';
    reading.run.problems.add(declaration.name ?? declaration, subject, what);
    return undefined;
  }
  const action = namesOfActions(reading, options);
  const call: Argument[] = [
    { name: 'action', type: action, isOptional: false },
    { name: 'params', type: 'unknown', isOptional: true },
  ];
  const one = `{ action: ${action}; params?: unknown }`;
  const several: Argument[] = [
    { name: 'calls', type: `readonly ${one}[] | { [name: string]: ${one} }`, isOptional: false },
    { name: 'options', type: '{ settled?: boolean }', isOptional: true },
  ];
  return {
    variants: options.isTrue('multi') ? [call, several] : [call],
    answer: { kind: 'result', type: 'unknown', mayBeAbsent: false },
  };
}

/** Returns the type of names: aliases, and what the whitelist spells out, beside any other name unless only aliases count. */
function namesOfActions(reading: Reading, options: EventOptions): string {
  const { checker, constants } = reading;
  const aliases = options.expression('aliases');
  const names = aliases
    ? checker.getPropertiesOfType(checker.getTypeAtLocation(aliases)).map(({ name }) => name)
    : [];
  const isRestricted = options.text('mappingPolicy') === 'restrict';
  const literals = names.map((name) => single(quote(name)));
  if (isRestricted && literals.length > 0) return unionOf(literals).text;
  const whitelist = options.expression('whitelist');
  const patterns = whitelist ? constants.definitionOf(whitelist) : undefined;
  const listed =
    patterns && ts.isArrayLiteralExpression(patterns)
      ? patterns.elements.map((element) => constants.valueOf(element)?.value)
      : [];
  const spelled = listed.filter((one): one is string => typeof one === 'string' && !/[*?]/.test(one));
  const areAllSpelled =
    spelled.length === listed.length && spelled.length > 0 && !options.expression('blacklist');
  const suggestions = [...literals, ...spelled.map((name) => single(quote(name)))];
  return suggestions.length === 0
    ? 'string'
    : unionOf(areAllSpelled ? suggestions : [...suggestions, single('(string & {})')]).text;
}
