import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { resolveSchema } from '../contract/resolve-schema';
import { fieldFrame } from './field-frame';
import type { FieldProps } from './field-props';
import { InvalidJson, jsonTextOf, parseJson } from './json-text';
import { problemsWithin } from './problems';

type Input = Event & { readonly currentTarget: HTMLTextAreaElement };

/** Renders a value as JSON. An empty text leaves it out. */
export function JsonField(props: FieldProps): VNode {
  const { value, onChange, problems, path } = props;
  const [typed, setTyped] = useState<{ text: string; value: unknown }>();
  const text = typed && typed.value === value ? typed.text : jsonTextOf(value);
  const { description } = resolveSchema(props.schema, props.schemas).schema;
  const messages = value instanceof InvalidJson ? [value.message] : problemsWithin(problems, path);
  const onInput = ({ currentTarget: { value: next } }: Input): void => {
    const parsed = next.trim() === '' ? undefined : parseJson(next);
    setTyped({ text: next, value: parsed });
    onChange(parsed);
  };
  return fieldFrame({ ...props, hint: 'JSON', description, messages }, (attributes) =>
    jsonArea(attributes, text, onInput),
  );
}

/** Draws a field for JSON. */
export function jsonArea(attributes: object, text: string, onInput: (event: Input) => void): VNode {
  return html`<textarea
    class="code"
    rows="1"
    spellcheck=${false}
    autocomplete="off"
    autocapitalize="none"
    ...${attributes}
    value=${text}
    onInput=${onInput}
  ></textarea>`;
}
