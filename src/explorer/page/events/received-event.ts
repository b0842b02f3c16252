import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { labelOf, type EventToReceive, type Namespace } from '../contract/contract';
import { outlineArguments } from '../contract/outline';
import type { Schemas } from '../contract/schema';
import { icon } from '../shell/icon';
import { showView } from '../shell/view';
import { filterStore } from '../timeline/filter';

interface Props {
  readonly namespace: Namespace;
  readonly event: EventToReceive;
  readonly schemas: Schemas;
}

/** Renders an event that clients receive. */
export function ReceivedEvent({ namespace, event, schemas }: Props): VNode {
  const { name, description, args } = event;
  const show = (): void => {
    filterStore.set({ ...filterStore.get(), text: name });
    showView('timeline');
  };
  return html`<header class="event-head">
      <p class="eyebrow">${labelOf(namespace)} <span>receive</span></p>
      <h2>${name}</h2>
      ${description !== undefined && html`<p class="lead">${description}</p>`}
    </header>
    <section class="card">
      <h3>What clients get</h3>
      <pre class="outline" tabindex="0">
${args.length === 0 ? 'no arguments' : outlineArguments(args, schemas)}</pre>
      <p>
        <button type="button" onClick=${show}>${icon('search')}Show in the timeline</button>
      </p>
    </section>`;
}
