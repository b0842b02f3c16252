import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import {
  labelOf,
  type Contract,
  type EventToReceive,
  type EventToSend,
  type Namespace,
} from '../contract/contract';
import { icon } from '../shell/icon';
import { select } from './selection';

interface Props {
  readonly contract: Contract;
  readonly selected: string | undefined;
}

/** Renders all namespaces and events, with a search. */
export function EventList({ contract, selected }: Props): VNode {
  const [query, setQuery] = useState('');
  const found = contract.namespaces
    .map((namespace) => filterNamespace(namespace, query.trim().toLowerCase()))
    .filter(({ events, received }) => query.trim() === '' || events.length + received.length > 0);
  const first = found.flatMap(({ events, received }) => [...events, ...received])[0];
  const onKeyDown = (event: KeyboardEvent & { readonly currentTarget: HTMLInputElement }): void => {
    if (event.key === 'Escape') {
      setQuery('');
      event.currentTarget.blur();
    } else if (event.key === 'Enter' && first) {
      select(first.key);
      requestAnimationFrame(focusFirstField);
    } else if (event.key === 'ArrowDown') {
      event.preventDefault();
      moveFocus(document.querySelector('#events'), 1);
    }
  };
  return html`<div class="search">
      ${icon('search')}
      <input
        id="search"
        type="search"
        aria-label="Search events"
        placeholder="Search events"
        autocomplete="off"
        spellcheck=${false}
        value=${query}
        onInput=${(event: Event & { currentTarget: HTMLInputElement }) => {
          setQuery(event.currentTarget.value);
        }}
        onKeyDown=${onKeyDown}
      />
      <kbd aria-hidden="true">/</kbd>
    </div>
    <div id="events" class="event-groups" onKeyDown=${moveWithArrows}>
      ${found.map((namespace) => group(namespace, selected))}
      ${found.length === 0 && html`<p class="nothing">${nothingText(contract, query)}</p>`}
    </div>`;
}

function nothingText({ namespaces }: Contract, query: string): string {
  return namespaces.length === 0
    ? 'The gateway serves no namespace yet.'
    : `No event matches “${query.trim()}”.`;
}

function group(namespace: Namespace, selected: string | undefined): unknown {
  const { key, events, received } = namespace;
  return html`<div key=${key} class="event-group">
    <h2>${labelOf(namespace)}</h2>
    ${events.length > 0 && html`<h3>Send</h3>`}
    <ul>
      ${events.map((event) => item(event, selected, 'up'))}
    </ul>
    ${received.length > 0 && html`<h3>Receive</h3>`}
    <ul>
      ${received.map((event) => item(event, selected, 'down'))}
    </ul>
    ${events.length + received.length === 0 && html`<p class="nothing">No events.</p>`}
  </div>`;
}

function item(
  event: EventToSend | EventToReceive,
  selected: string | undefined,
  direction: 'up' | 'down',
): unknown {
  const { key, name } = event;
  const isDeprecated = 'deprecated' in event && event.deprecated !== false;
  return html`<li key=${key}>
    <button
      type="button"
      class=${isDeprecated ? 'deprecated' : ''}
      aria-current=${key === selected ? 'true' : undefined}
      title=${event.description}
      onClick=${() => {
        select(key);
      }}
    >
      ${icon(direction)}<span class="event-name">${name === '*' ? '* any other' : name}</span>
      ${
        'needsUser' in event &&
        event.needsUser &&
        html`<span class="lock" title="Needs a user"
          >${icon('lock')}<span class="unseen">needs a user</span></span
        >`
      }
      ${isDeprecated && html`<span class="unseen">deprecated</span>`}
    </button>
  </li>`;
}

function filterNamespace(namespace: Namespace, query: string): Namespace {
  if (query === '' || labelOf(namespace).toLowerCase().includes(query)) return namespace;
  const matches = ({ name, description }: EventToSend | EventToReceive): boolean =>
    name.toLowerCase().includes(query) || (description?.toLowerCase().includes(query) ?? false);
  return {
    ...namespace,
    events: namespace.events.filter(matches),
    received: namespace.received.filter(matches),
  };
}

function focusFirstField(): void {
  document.querySelector<HTMLElement>('.compose .fields :is(input, textarea, select)')?.focus();
}

function moveWithArrows(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0) return;
  event.preventDefault();
  moveFocus(event.currentTarget, step);
}

/** Moves the focus to the next button, and from the first one up to the search. */
function moveFocus(list: HTMLElement | null, step: number): void {
  const buttons = [...(list?.querySelectorAll('button') ?? [])];
  const index = buttons.indexOf(document.activeElement as HTMLButtonElement) + step;
  if (index < 0) document.getElementById('search')?.focus();
  else buttons[index]?.focus();
}
