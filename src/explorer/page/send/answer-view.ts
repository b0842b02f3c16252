import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { icon } from '../shell/icon';
import { useStore } from '../store';
import { answerBadge } from '../timeline/answer-badge';
import { timelineStore, type Entry } from '../timeline/timeline';
import { ValueView } from '../timeline/value-view';

/** Renders the answer to what was sent last. */
export function AnswerView({ entryId }: { readonly entryId: number | undefined }): VNode | null {
  const entries = useStore(timelineStore);
  const entry = entryId === undefined ? undefined : entries.findLast(({ id }) => id === entryId);
  const element = useRef<HTMLElement>(null);
  const isAnswered = entry?.answer?.state === 'ok';
  useEffect(() => {
    if (isAnswered) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isAnswered]);
  if (!entry) return null;
  return html`<section ref=${element} class=${`card answer ${entry.tone}`} aria-label="Answer">
    <header>
      <h3>Answer</h3>
      ${answerBadge(entry)}
    </header>
    ${content(entry)}
  </section>`;
}

function content({ answer }: Entry): unknown {
  if (!answer) return html`<p class="about">${icon('check')} Sent. No answer was asked for.</p>`;
  if (answer.state === 'waiting') return html`<p class="about">Waiting for the gateway …</p>`;
  if (answer.state === 'lost')
    return html`<p class="about">The connection ended before the answer came. The event may have run.</p>`;
  return html`<${ValueView} value=${answer.value} />`;
}
