import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { resolveSchema } from '../contract/resolve-schema';
import { fieldFrame } from './field-frame';
import type { FieldProps } from './field-props';
import { jsonArea } from './json-field';
import { InvalidJson, jsonTextOf, parseJson } from './json-text';
import { problemsWithin } from './problems';

type Mode = 'Text' | 'JSON';

/**
 * Renders a value whose type the contract does not tell: a text, or JSON. What begins like an object or a list is taken for
 * JSON.
 */
export function AnyField(props: FieldProps): VNode {
  const { value, label, problems, path, onChange } = props;
  const [chosen, setChosen] = useState<Mode>();
  const [typed, setTyped] = useState<{ text: string; value: unknown }>();
  const isText = value === undefined || typeof value === 'string';
  const mode = chosen ?? (isText ? 'Text' : 'JSON');
  const text = typed && typed.value === value ? typed.text : isText ? (value ?? '') : jsonTextOf(value);
  const change = (next: string, as: Mode | undefined): void => {
    const isJson = (as ?? (/^\s*[{[]/.test(next) ? 'JSON' : 'Text')) === 'JSON';
    const isEmpty = (isJson ? next.trim() : next) === '';
    const read = isEmpty ? undefined : isJson ? parseJson(next) : next;
    setTyped({ text: next, value: read });
    onChange(read);
  };
  const button = (own: Mode): unknown =>
    html`<button
      type="button"
      aria-pressed=${String(mode === own)}
      onClick=${() => {
        setChosen(own);
        change(text, own);
      }}
    >
      ${own}
    </button>`;
  const aside = html`<span class="segments small" role="group" aria-label=${`How to enter ${label}`}>
    ${button('Text')}${button('JSON')}
  </span>`;
  const { description } = resolveSchema(props.schema, props.schemas).schema;
  const messages = value instanceof InvalidJson ? [value.message] : problemsWithin(problems, path);
  return fieldFrame({ ...props, hint: '', description, messages, aside }, (attributes) =>
    jsonArea({ class: mode === 'JSON' ? 'code' : '', ...attributes }, text, ({ currentTarget }) => {
      change(currentTarget.value, chosen);
    }),
  );
}
