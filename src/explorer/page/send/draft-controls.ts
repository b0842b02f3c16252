import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Draft } from './drafts';

type Input = Event & { readonly currentTarget: HTMLInputElement };

/** Draws the choice between form and JSON. */
export function modeSwitch({ mode }: Draft, choose: (mode: Draft['mode']) => void): VNode {
  const button = (text: string, own: Draft['mode']): unknown =>
    html`<button
      type="button"
      aria-pressed=${String(mode === own)}
      onClick=${() => {
        choose(own);
      }}
    >
      ${text}
    </button>`;
  return html`<span class="segments" role="group" aria-label="How to enter the payload">
    ${button('Form', 'form')}${button('JSON', 'json')}
  </span>`;
}

/** Draws the field for the name of an event that is not declared. */
export function nameField(name: string, change: (name: string) => void): VNode {
  return html`<div class="field">
    <div class="field-head"><label for="event-name">Name of the event</label></div>
    <input
      id="event-name"
      type="text"
      class="mono"
      autocomplete="off"
      autocapitalize="none"
      spellcheck=${false}
      value=${name}
      onInput=${({ currentTarget }: Input) => {
        change(currentTarget.value);
      }}
    />
  </div>`;
}

/** Draws the choice whether an answer is asked for. */
export function silentSwitch(isSilent: boolean, change: (isSilent: boolean) => void): VNode {
  return html`<label class="check">
    <input
      type="checkbox"
      checked=${!isSilent}
      onChange=${({ currentTarget }: Input) => {
        change(!currentTarget.checked);
      }}
    />Ask for an answer
  </label>`;
}
