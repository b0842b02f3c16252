import type { EventToSend } from '../contract/contract';
import { findInvalid, InvalidJson, parseJson } from '../form/json-text';
import type { Draft } from './drafts';

type Arguments = { readonly args: readonly unknown[] } | { readonly problem: string };

/** Reads the arguments of a draft. What stands at the end and is not set is left out. */
export function readArguments({ args }: EventToSend, { mode, values, text }: Draft): Arguments {
  const given = mode === 'form' ? values : readText(args.length, text);
  const invalid = findInvalid(given);
  if (invalid) return { problem: `It is no JSON: ${invalid.message}` };
  if (!Array.isArray(given)) return { problem: 'The arguments must be a JSON array: ["first", "second"]' };
  const list = given as unknown[];
  const last = list.findLastIndex((value) => value !== undefined);
  return { args: list.slice(0, last + 1) };
}

function readText(count: number, text: string): unknown {
  if (text.trim() === '') return [];
  const value = parseJson(text);
  return count === 1 && !(value instanceof InvalidJson) ? [value] : value;
}
