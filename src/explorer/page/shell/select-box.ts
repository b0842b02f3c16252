import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { icon } from './icon';

/** Draws the arrow of a select. */
export function selectBox(select: unknown): VNode {
  return html`<span class="select-box">${select}${icon('chevron')}</span>`;
}
