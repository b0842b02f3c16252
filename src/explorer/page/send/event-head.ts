import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { labelOf, type Contract, type EventToSend, type Namespace } from '../contract/contract';
import { outline } from '../contract/outline';
import { icon } from '../shell/icon';

/** Draws what the contract says of an event that clients send. */
export function eventHead(namespace: Namespace, { name, description, access }: EventToSend): VNode {
  return html`<header class="event-head">
    <p class="eyebrow">${labelOf(namespace)} <span>send</span></p>
    <h2>${name === '*' ? 'Any other event' : name}</h2>
    ${description?.split('\n').map((line) => html`<p class="lead">${withCode(line)}</p>`)}
    ${access.map((line) => html`<p class="access">${icon('lock')}<span>${withCode(line)}</span></p>`)}
  </header>`;
}

/** Draws what an event answers, if the contract says it. */
export function resultCard({ result = {} }: EventToSend, { schemas }: Contract): VNode | undefined {
  const text = outline(result, schemas);
  if (text === 'any') return undefined;
  return html`<section class="card quiet-card">
    <h3>What it answers</h3>
    <pre class="outline" tabindex="0">${text}</pre>
  </section>`;
}

/** Descriptions of a contract mark names with backticks. */
function withCode(text: string): unknown {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}
