import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { bytesOf, sizeText, toHex } from './bytes';
import { previewOf } from './preview';

const MAX_TEXT = 240;
const MAX_MEMBERS = 50;
const MAX_HEX = 32;
/** Objects up to this size, and not deeper than this, are shown open. */
const OPEN_MEMBERS = 12;
const OPEN_DEPTH = 3;

interface Props {
  readonly value: unknown;
  /** The name of the member. */
  readonly name?: string | undefined;
  readonly depth?: number;
}

/** Shows a value. What is long is shortened until it is asked for. */
export function ValueView({ value, name, depth = 0 }: Props): VNode {
  const bytes = bytesOf(value);
  if (bytes) return line(name, html`<${BytesView} bytes=${bytes} />`, 'binary');
  if (typeof value === 'object' && value !== null)
    return html`<${Members} name=${name} value=${value} depth=${depth} />`;
  if (typeof value === 'string') return line(name, html`<${TextView} text=${value} />`, 'string');
  return line(name, String(value), value === null ? 'null' : typeof value);
}

function line(name: string | undefined, content: unknown, type: string): VNode {
  return html`<div class="value">
    ${name !== undefined && html`<span class="key">${name}</span>`}<span class=${`literal ${type}`}
      >${content}</span
    >
  </div>`;
}

function TextView({ text }: { readonly text: string }): VNode {
  const [isWhole, showWhole] = useState(false);
  if (text.length <= MAX_TEXT || isWhole) return html`${JSON.stringify(text)}`;
  return html`${JSON.stringify(text.slice(0, MAX_TEXT)).slice(0, -1)}…
  ${moreButton(`Show all ${text.length.toLocaleString('en')} characters`, () => {
    showWhole(true);
  })}`;
}

function BytesView({ bytes }: { readonly bytes: Uint8Array }): VNode {
  const [isWhole, showWhole] = useState(false);
  const shown = isWhole ? bytes : bytes.subarray(0, MAX_HEX);
  return html`<span class="size">${sizeText(bytes.length)}</span>
    <span class="hex">${toHex(shown, ' ')}</span>${
      shown.length < bytes.length &&
      html`…
      ${moreButton('Show all bytes', () => {
        showWhole(true);
      })}`
    }`;
}

function Members({ name, value, depth = 0 }: Props & { readonly value: object }): VNode {
  const isList = Array.isArray(value);
  const entries = Object.entries(value) as [string, unknown][];
  const [isOpen, setIsOpen] = useState(depth < OPEN_DEPTH && entries.length <= OPEN_MEMBERS);
  const [count, setCount] = useState(MAX_MEMBERS);
  if (entries.length === 0) return line(name, isList ? '[]' : '{}', 'hollow');
  const inner = html`${entries
    .slice(0, count)
    .map(([key, one]) => html`<${ValueView} key=${key} name=${key} value=${one} depth=${depth + 1} />`)}
  ${
    entries.length > count &&
    moreButton(`Show ${Math.min(MAX_MEMBERS, entries.length - count)} more of ${entries.length}`, () => {
      setCount(count + MAX_MEMBERS);
    })
  }`;
  if (depth === 0) return html`<div class="members root">${inner}</div>`;
  const size = isList ? `${entries.length} ${entries.length === 1 ? 'item' : 'items'}` : '';
  return html`<div class="members">
    <button
      type="button"
      class="toggle"
      aria-expanded=${String(isOpen)}
      onClick=${() => {
        setIsOpen(!isOpen);
      }}
    >
      <span class="arrow" aria-hidden="true"></span
      >${name !== undefined && html`<span class="key">${name}</span>`}<span class="summary"
        >${isOpen ? (isList ? size : '{ }') : previewOf([value])}</span
      >
    </button>
    ${isOpen && html`<div class="inner">${inner}</div>`}
  </div>`;
}

function moreButton(text: string, onClick: () => void): VNode {
  return html`<button type="button" class="more" onClick=${onClick}>${text}</button>`;
}
