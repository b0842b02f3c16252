import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { resolveSchema } from '../contract/resolve-schema';
import { icon } from '../shell/icon';
import { problemText, removeButton } from './field-frame';
import type { Property } from './field-kind';
import type { FieldProps } from './field-props';
import { Field } from './field';
import { initialValue } from './initial-value';
import { memberPath } from './problems';

/** Renders an object: a field for each member. An optional one is there when it is added. */
export function ObjectField(props: FieldProps & { readonly properties: readonly Property[] }): VNode {
  const { id, label, schema, schemas, path, isRequired, value, problems, onChange, onRemove } = props;
  const messages = problems.get(path) ?? [];
  if (value === undefined && !isRequired) {
    return html`<div class="field">
      <button
        type="button"
        class="add"
        onClick=${() => {
          onChange(initialValue(schema, schemas) ?? {});
        }}
      >
        ${icon('plus')}Add ${label}
      </button>
      ${problemText(`${id}-problem`, messages)}
    </div>`;
  }
  const remove =
    onRemove ??
    (isRequired
      ? undefined
      : () => {
          onChange(undefined);
        });
  const { description } = resolveSchema(schema, schemas).schema;
  return html`<fieldset class=${`group${messages.length > 0 ? ' wrong' : ''}`}>
    <legend>${label}</legend>
    ${remove && html`<span class="group-aside">${removeButton(label, remove)}</span>`}
    ${description !== undefined && html`<p class="about">${description}</p>`}
    ${problemText(`${id}-problem`, messages)}
    <${Members} ...${props} />
  </fieldset>`;
}

/** Renders the fields of an object, without a frame around them. */
export function Members(props: FieldProps & { readonly properties: readonly Property[] }): VNode {
  const { id, schemas, path, value, problems, onChange, properties } = props;
  const members = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  return html`<div class="fields">
    ${properties.map(
      ({ name, schema, isRequired }) =>
        html`<${Field}
          key=${name}
          id=${`${id}-${name.replaceAll(/\s/g, '_')}`}
          label=${name}
          schema=${schema}
          schemas=${schemas}
          path=${memberPath(path, name)}
          isRequired=${isRequired}
          value=${members[name]}
          problems=${problems}
          onChange=${(next: unknown) => {
            const { [name]: _old, ...others } = members;
            onChange(next === undefined ? others : { ...members, [name]: next });
          }}
        />`,
    )}
  </div>`;
}
