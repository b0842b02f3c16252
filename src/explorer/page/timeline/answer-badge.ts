import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { icon } from '../shell/icon';
import type { Entry } from './timeline';

/** Draws how an event was answered, and how fast. */
export function answerBadge({ answer }: Entry): VNode | undefined {
  switch (answer?.state) {
    case undefined:
      return undefined;
    case 'waiting':
      return html`<span class="outcome waiting">${icon('clock')}waiting</span>`;
    case 'lost':
      return html`<span class="outcome bad">${icon('alert')}lost</span>`;
    case 'ok':
      return html`<span class="outcome good">${icon('check')}${latency(answer.milliseconds)}</span>`;
    case 'error':
      return html`<span class="outcome bad"
        >${icon('alert')}${codeOf(answer.value)}
        <span class="latency">${latency(answer.milliseconds)}</span></span
      >`;
  }
}

function latency(milliseconds: number): string {
  if (milliseconds < 1) return '<1 ms';
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

function codeOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  if (typeof code === 'number' || typeof code === 'string') return String(code);
  return typeof name === 'string' ? name : 'error';
}
