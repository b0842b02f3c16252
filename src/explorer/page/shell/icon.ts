import { html } from 'htm/preact';
import type { VNode } from 'preact';

const SHAPES = {
  alert: '<circle cx="8" cy="8" r="6.25"/><path d="M8 4.8v3.7M8 11v.2"/>',
  check: '<path d="m3.5 8.5 3 3 6-7"/>',
  chevron: '<path d="m6 4 4 4-4 4"/>',
  clock: '<circle cx="8" cy="8" r="6.25"/><path d="M8 4.5V8l2.3 1.6"/>',
  close: '<path d="m4.5 4.5 7 7m0-7-7 7"/>',
  code: '<path d="m5.5 4.5-3.5 3.5 3.5 3.5m5-7 3.5 3.5-3.5 3.5"/>',
  down: '<path d="M8 3v10m-4-4 4 4 4-4"/>',
  edit: '<path d="M9.8 3.7 3 10.5V13h2.5l6.8-6.8zM8.5 5l2.5 2.5"/>',
  lock: '<rect x="3.5" y="7.2" width="9" height="6" rx="1.5"/><path d="M5.5 7V5.3a2.5 2.5 0 0 1 5 0V7"/>',
  moon: '<path d="M13 9.6A5.5 5.5 0 0 1 6.4 3 5.5 5.5 0 1 0 13 9.6z"/>',
  more: '<path d="M3.5 8h.01M8 8h.01M12.5 8h.01"/>',
  plug: '<path d="M6 2.5v3m4-3v3M4 5.5h8v2.7A3.5 3.5 0 0 1 8.5 11.700h-1A3.5 3.5 0 0 1 4 8.200zM8 11.700V14"/>',
  plus: '<path d="M8 3v10M3 8h10"/>',
  reload: '<path d="M13 8a5 5 0 1 1-1.5-3.600M13 2.500V5h-2.5"/>',
  search: '<circle cx="7" cy="7" r="4.25"/><path d="m10.2 10.2 3.3 3.3"/>',
  send: '<path d="M13.5 2.5 7 9m6.5-6.5-4 11L7 9 2.5 6.500z"/>',
  sun: '<circle cx="8" cy="8" r="2.8"/><path d="M8 1.800v1.400m0 9.600v1.400M1.8 8h1.400m9.6 0h1.400M3.6 3.600l1 1m6.8 6.8 1 1m0-8.8-1 1M4.6 11.400l-1 1"/>',
  up: '<path d="M8 13V3M4 7l4-4 4 4"/>',
} as const;

export type IconName = keyof typeof SHAPES;

/** Draws an icon, which screen readers do not read. */
export function icon(name: IconName): VNode {
  return html`<svg
    class="icon"
    viewBox="0 0 16 16"
    aria-hidden="true"
    dangerouslySetInnerHTML=${{ __html: SHAPES[name] }}
  />`;
}
