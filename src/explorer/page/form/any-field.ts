import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { FieldProps } from './field-props';
import { JsonField } from './json-field';
import { TextField } from './simple-fields';

/** A value whose type the contract does not tell: a text, or JSON. */
export function AnyField(props: FieldProps): VNode {
  const { value, label } = props;
  const isNoText = value !== undefined && typeof value !== 'string';
  const [wantsJson, setWantsJson] = useState(false);
  const asJson = wantsJson || isNoText;
  const choose = (json: boolean): void => {
    setWantsJson(json);
    if (!json && isNoText) props.onChange(undefined);
  };
  const button = (name: string, json: boolean): unknown =>
    html`<button
      type="button"
      aria-pressed=${String(asJson === json)}
      onClick=${() => {
        choose(json);
      }}
    >
      ${name}
    </button>`;
  const aside = html`<span class="segments small" role="group" aria-label=${`How to enter ${label}`}>
    ${button('Text', false)}${button('JSON', true)}
  </span>`;
  const inner = { ...props, aside };
  return asJson ? html`<${JsonField} ...${inner} />` : html`<${TextField} ...${inner} isLong />`;
}
