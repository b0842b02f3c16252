import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { resolveSchema } from '../contract/resolve-schema';
import type { Schema } from '../contract/schema';
import { icon } from '../shell/icon';
import { Field } from './field';
import { problemText, removeButton } from './field-frame';
import type { FieldProps } from './field-props';
import { hintOf } from './hint';
import { initialValue } from './initial-value';
import { memberPath } from './problems';

/** Renders a list: a field for each item, and a button for the next. */
export function ListField(props: FieldProps & { readonly item: Schema }): VNode {
  const { item, schemas, value, onChange, isRequired, label } = props;
  const items = Array.isArray(value) ? (value as unknown[]) : [];
  const change = (next: unknown[]): void => {
    onChange(next.length === 0 && !isRequired ? undefined : next);
  };
  const fields = items.map((one, index) =>
    itemField(
      props,
      item,
      index,
      one,
      (next) => {
        change(items.with(index, next));
      },
      () => {
        change(items.toSpliced(index, 1));
      },
    ),
  );
  const add = html`<button
    type="button"
    class="add"
    onClick=${() => {
      change([...items, initialValue(item, schemas)]);
    }}
  >
    ${icon('plus')}Add an item to ${label}
  </button>`;
  return listFrame(
    props,
    html`<div class="fields">${fields}</div>
      ${add}`,
  );
}

/** Renders a list of fixed length, with a schema for each place. */
export function TupleField(props: FieldProps & { readonly items: readonly Schema[] }): VNode {
  const values = Array.isArray(props.value) ? (props.value as unknown[]) : [];
  const fields = props.items.map((item, index) =>
    itemField(props, item, index, values[index], (next) => {
      props.onChange(props.items.map((_item, at) => (at === index ? next : values[at])));
    }),
  );
  return listFrame(props, html`<div class="fields">${fields}</div>`);
}

function itemField(
  { id, label, schemas, path, problems }: FieldProps,
  item: Schema,
  index: number,
  value: unknown,
  onChange: (value: unknown) => void,
  onRemove?: () => void,
): unknown {
  return html`<${Field}
    key=${index}
    id=${`${id}-${index}`}
    label=${`${label} ${index + 1}`}
    schema=${item}
    schemas=${schemas}
    path=${memberPath(path, index)}
    isRequired=${true}
    value=${value}
    problems=${problems}
    onChange=${onChange}
    onRemove=${onRemove}
  />`;
}

function listFrame(props: FieldProps, content: unknown): VNode {
  const { id, label, schema, schemas, path, problems, onRemove } = props;
  const resolved = resolveSchema(schema, schemas).schema;
  const messages = problems.get(path) ?? [];
  const about = [hintOf(resolved), resolved.description].filter(Boolean).join(' · ');
  return html`<fieldset class=${`group${messages.length > 0 ? ' wrong' : ''}`}>
    <legend>${label}</legend>
    ${onRemove && html`<span class="group-aside">${removeButton(label, onRemove)}</span>`}
    ${about !== '' && html`<p class="about">${about}</p>`} ${problemText(`${id}-problem`, messages)}
    ${content}
  </fieldset>`;
}
