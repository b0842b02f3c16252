import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { resolveSchema } from '../contract/resolve-schema';
import { selectBox } from '../shell/select-box';
import { bytesOf, sizeText } from '../timeline/bytes';
import { fieldFrame, type ControlAttributes } from './field-frame';
import type { FieldProps } from './field-props';
import { hintOf } from './hint';

type Input = Event & { readonly currentTarget: HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement };

function frame(
  props: FieldProps,
  control: (attributes: ControlAttributes) => unknown,
  hint = hintOf(resolveSchema(props.schema, props.schemas).schema),
): VNode {
  const { description } = resolveSchema(props.schema, props.schemas).schema;
  const messages = props.problems.get(props.path) ?? [];
  return fieldFrame({ ...props, hint, description, messages }, (attributes) => control(attributes) as VNode);
}

function exampleOf({ schema }: FieldProps): string | undefined {
  const [example] = schema.examples ?? [];
  return typeof example === 'string' || typeof example === 'number' ? String(example) : undefined;
}

/** Renders an empty text is left out, unless it is required and was entered. */
export function TextField(props: FieldProps & { readonly isLong: boolean }): VNode {
  const { value, onChange, isRequired, isLong } = props;
  const shared = {
    value: typeof value === 'string' ? value : '',
    placeholder: exampleOf(props),
    autocomplete: 'off',
    autocapitalize: 'none',
    spellcheck: false,
    onInput: ({ currentTarget: { value: text } }: Input) => {
      onChange(text === '' && !isRequired ? undefined : text);
    },
  };
  return frame(props, (attributes) =>
    isLong
      ? html`<textarea rows="1" ...${attributes} ...${shared}></textarea>`
      : html`<input type="text" ...${attributes} ...${shared} />`,
  );
}

/** Renders a text that is no number is sent as it is: the gateway says what it thinks of it. */
export function NumberField(props: FieldProps): VNode {
  const { value, onChange } = props;
  // The typed text stays as it is: `1.0` on the way to `1.05`.
  const [typed, setTyped] = useState<{ text: string; value: unknown }>();
  const isShown = typeof value === 'number' || typeof value === 'string';
  const text = typed && typed.value === value ? typed.text : isShown ? String(value) : '';
  const onInput = ({ currentTarget: { value: next } }: Input): void => {
    const number = Number(next);
    const read = next.trim() === '' ? undefined : Number.isFinite(number) ? number : next;
    setTyped({ text: next, value: read });
    onChange(read);
  };
  const { schema } = resolveSchema(props.schema, props.schemas);
  const hint = [schema.type === 'integer' ? 'whole number' : 'number', hintOf(schema)]
    .filter(Boolean)
    .join(', ');
  return frame(
    props,
    (attributes) =>
      html`<input
        type="text"
        class="number"
        inputmode="decimal"
        autocomplete="off"
        placeholder=${exampleOf(props)}
        ...${attributes}
        value=${text}
        onInput=${onInput}
      />`,
    hint,
  );
}

/** Renders a required one is on or off; an optional one may be left out. */
export function SwitchField(props: FieldProps): VNode {
  const { value, onChange, isRequired } = props;
  if (!isRequired) return ChoiceField({ ...props, values: [true, false] });
  return frame(
    props,
    (attributes) =>
      html`<span class="switch"
        ><input
          type="checkbox"
          role="switch"
          ...${attributes}
          checked=${value === true}
          onChange=${({ currentTarget }: Event & { currentTarget: HTMLInputElement }) => {
            onChange(currentTarget.checked);
          }}
        /><span aria-hidden="true">${String(value === true)}</span></span
      >`,
  );
}

/** Renders one of the values that the schema lists. */
export function ChoiceField(props: FieldProps & { readonly values: readonly unknown[] }): VNode {
  const { value, values, onChange } = props;
  const textOf = (one: unknown): string => (typeof one === 'string' ? one : JSON.stringify(one));
  return frame(props, (attributes) =>
    selectBox(
      html`<select
        ...${attributes}
        value=${String(values.indexOf(value))}
        onChange=${({ currentTarget: { value: index } }: Input) => {
          onChange(values[Number(index)]);
        }}
      >
        <option value="-1">${'not set'}</option>
        ${values.map((one, index) => html`<option value=${String(index)}>${textOf(one)}</option>`)}
      </select>`,
    ),
  );
}

/** Renders a day, as `2026-01-31`. */
export function DateField(props: FieldProps): VNode {
  const { value, onChange } = props;
  return frame(
    props,
    (attributes) =>
      html`<input
        type="date"
        ...${attributes}
        value=${typeof value === 'string' ? value : ''}
        onInput=${({ currentTarget: { value: text } }: Input) => {
          onChange(text === '' ? undefined : text);
        }}
      />`,
    'date',
  );
}

/** Renders a time, entered in the time zone of the browser and sent in UTC. */
export function DateTimeField(props: FieldProps): VNode {
  const { value, onChange } = props;
  const time = typeof value === 'string' ? new Date(value) : undefined;
  const isKnown = time !== undefined && !Number.isNaN(time.getTime());
  return frame(
    props,
    (attributes) =>
      html`<input
        type="datetime-local"
        step="1"
        ...${attributes}
        value=${isKnown ? localText(time) : ''}
        onInput=${({ currentTarget: { value: text } }: Input) => {
          onChange(text === '' ? undefined : new Date(text).toISOString());
        }}
      />`,
    isKnown ? `sent as ${time.toISOString()}` : 'date and time',
  );
}

function localText(time: Date): string {
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

/** Renders binary data, from a file. */
export function BytesField(props: FieldProps): VNode {
  const { value, onChange } = props;
  const bytes = bytesOf(value);
  return frame(
    props,
    (attributes) =>
      html`<input
        type="file"
        ...${attributes}
        onChange=${async ({ currentTarget }: Event & { currentTarget: HTMLInputElement }) => {
          const [file] = currentTarget.files ?? [];
          onChange(file && new Uint8Array(await file.arrayBuffer()));
        }}
      />`,
    bytes ? sizeText(bytes.length) : 'binary data',
  );
}
