import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { icon } from '../shell/icon';
import type { FieldProps } from './field-props';

/** The attributes that label and describe a control. */
export interface ControlAttributes {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': 'true' | undefined;
  readonly 'aria-required': 'true' | undefined;
}

type Frame = Pick<FieldProps, 'id' | 'label' | 'isRequired' | 'onRemove'> & {
  readonly hint: string;
  readonly description: string | undefined;
  readonly messages: readonly string[];
  /** Beside the label: a switch of modes. */
  readonly aside?: ComponentChildren;
};

/** Draws a label, a control, and what is wrong with the value. */
export function fieldFrame(frame: Frame, control: (attributes: ControlAttributes) => VNode): VNode {
  const { id, label, isRequired, hint, description, messages, aside, onRemove } = frame;
  const isDescribed = hint !== '' || description !== undefined;
  const described = [isDescribed && `${id}-about`, messages.length > 0 && `${id}-problem`]
    .filter(Boolean)
    .join(' ');
  return html`<div class=${`field${messages.length > 0 ? ' wrong' : ''}`}>
    <div class="field-head">
      <label for=${id}>${label}</label>
      ${isRequired && html`<span class="needed" aria-hidden="true">required</span>`}
      <span class="field-aside">${aside}${onRemove && removeButton(label, onRemove)}</span>
    </div>
    ${control({
      id,
      'aria-describedby': described === '' ? undefined : described,
      'aria-invalid': messages.length > 0 ? 'true' : undefined,
      'aria-required': isRequired ? 'true' : undefined,
    })}
    ${problemText(`${id}-problem`, messages)}
    ${
      isDescribed &&
      html`<p class="about" id=${`${id}-about`}>
        ${hint !== '' && html`<span class="hint">${hint}</span>`}
        ${description !== undefined && html`<span>${description}</span>`}
      </p>`
    }
  </div>`;
}

/** Draws what is wrong with a value. */
export function problemText(id: string, messages: readonly string[]): VNode | undefined {
  if (messages.length === 0) return undefined;
  return html`<p class="problem" id=${id}>
    ${icon('alert')}<span>${messages.map((message) => html`<span>${message}</span>`)}</span>
  </p>`;
}

/** Draws the button that takes a field away. */
export function removeButton(label: string, onRemove: () => void): VNode {
  return html`<button
    type="button"
    class="quiet small"
    aria-label=${`Remove ${label}`}
    title="Remove"
    onClick=${onRemove}
  >
    ${icon('close')}
  </button>`;
}
