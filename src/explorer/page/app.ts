import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { ClientDialog, dialogStore } from './clients/client-dialog';
import { ClientStrip } from './clients/client-strip';
import type { Contract } from './contract/contract';
import { contractStore, loadContract, type ContractState } from './contract/load-contract';
import { EventList } from './events/event-list';
import { ReceivedEvent } from './events/received-event';
import { findSelected, selectionStore } from './events/selection';
import { PAGE } from './page-context';
import { Composer } from './send/composer';
import { announcementStore } from './shell/announce';
import { icon, type IconName } from './shell/icon';
import { switchTheme } from './shell/theme';
import { showView, viewStore, type View } from './shell/view';
import { useStore } from './store';
import { TimelineView } from './timeline/timeline-view';

const VIEWS: readonly { readonly view: View; readonly title: string; readonly icon: IconName }[] = [
  { view: 'events', title: 'Events', icon: 'search' },
  { view: 'send', title: 'Send', icon: 'send' },
  { view: 'timeline', title: 'Timeline', icon: 'clock' },
];

/** Renders the whole page. */
export function App(): VNode {
  const state = useStore(contractStore);
  const key = useStore(selectionStore);
  const view = useStore(viewStore);
  const dialog = useStore(dialogStore);
  const { contract } = state;
  const selected = contract && findSelected(contract, key);
  const namespaces = contract?.namespaces ?? [];
  const namespace = selected?.namespace ?? namespaces[0];
  return html`<div class="app" data-view=${view}>
      <header class="top">
        <div class="brand">
          ${logo()}
          <h1>${PAGE.title} <span>Explorer</span></h1>
        </div>
        ${namespace && html`<${ClientStrip} namespaces=${namespaces} namespace=${namespace.key} />`}
        <div class="top-tools">
          ${status(state)}
          <button
            type="button"
            class="quiet"
            aria-label="Switch between light and dark"
            title="Light or dark"
            onClick=${switchTheme}
          >
            <span class="when-light">${icon('moon')}</span><span class="when-dark">${icon('sun')}</span>
          </button>
        </div>
      </header>
      <main>
        <nav class="events" aria-label="Events">
          ${contract && html`<${EventList} contract=${contract} selected=${selected?.event.key} />`}
        </nav>
        <section class="composer" aria-label="Send">
          ${contract ? content(contract, selected) : noContract(state)}
        </section>
        <section class="timeline" aria-label="Timeline"><${TimelineView} /></section>
      </main>
      <nav class="views" aria-label="Views">
        ${VIEWS.map(
          (one) =>
            html`<button
              key=${one.view}
              type="button"
              aria-current=${view === one.view ? 'page' : undefined}
              onClick=${() => {
                showView(one.view);
              }}
            >
              ${icon(one.icon)}${one.title}
            </button>`,
        )}
      </nav>
    </div>
    ${dialog && html`<${ClientDialog} key=${'id' in dialog ? dialog.id : 'new'} subject=${dialog} namespaces=${namespaces} />`}
    <${Announcements} />`;
}

function content(contract: Contract, selected: ReturnType<typeof findSelected>): unknown {
  if (!selected) {
    return html`<div class="empty">
      <p><strong>There is nothing to send</strong></p>
      <p>
        The gateway has no events yet. Declare one with <code>@SocketEvent()</code>, and load this page again.
      </p>
    </div>`;
  }
  const { namespace, event, direction } = selected;
  return direction === 'send'
    ? html`<${Composer} key=${event.key} contract=${contract} namespace=${namespace} event=${event} />`
    : html`<${ReceivedEvent} namespace=${namespace} event=${event} schemas=${contract.schemas} />`;
}

function noContract({ isLoading, error }: ContractState): unknown {
  if (isLoading && error === undefined) return html`<div class="empty"><p>Loading the contract …</p></div>`;
  return html`<div class="empty" role="alert">
    <p><strong>The contract cannot be loaded</strong></p>
    <p>${error}</p>
    <p><button type="button" onClick=${loadContract}>${icon('reload')}Try again</button></p>
  </div>`;
}

/** Says that the contract that is shown may be an old one. */
function status({ contract, error, isLoading }: ContractState): unknown {
  const isOld = contract !== undefined && error !== undefined;
  return html`<button
    type="button"
    class=${`quiet${isOld ? ' danger' : ''}${isLoading ? ' busy' : ''}`}
    aria-label="Load the contract again"
    title=${isOld ? `The contract may be old: ${error}` : 'Load the contract again'}
    onClick=${loadContract}
  >
    ${icon('reload')}
  </button>`;
}

function Announcements(): VNode {
  return html`<p class="unseen" role="status" aria-live="polite">${useStore(announcementStore)}</p>`;
}

function logo(): unknown {
  return html`<svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
    <path class="rails" d="M11 5v22M21 5v22" />
    <circle class="first" cx="11" cy="12" r="4.5" />
    <circle class="second" cx="21" cy="20" r="4.5" />
  </svg>`;
}
