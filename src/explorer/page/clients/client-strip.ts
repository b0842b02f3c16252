import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Namespace } from '../contract/contract';
import { icon } from '../shell/icon';
import { useStore } from '../store';
import { statusText, type Client } from './client';
import { askForClient, dialogStore } from './client-dialog';
import { select } from '../events/selection';
import { activeClientStore, clientsStore, senderOf } from './clients';
import { namespaceName } from './namespace-name';

interface Props {
  readonly namespaces: readonly Namespace[];
  /** The namespace that is shown. */
  readonly namespace: string;
}

/** Renders all clients, side by side. */
export function ClientStrip({ namespaces, namespace }: Props): VNode {
  const clients = useStore(clientsStore);
  const sender = senderOf(clients, namespace, useStore(activeClientStore));
  const choose = (client: Client): void => {
    activeClientStore.set(client.id);
    if (client.namespace === namespace) return;
    const own = namespaces.find(({ key }) => key === client.namespace);
    const [event] = own?.events ?? own?.received ?? [];
    if (event) select(event.key);
  };
  return html`<ul class="clients" aria-label="Clients">
    ${clients.map((client) => html`<li key=${client.id}>${clientChip(client, client === sender, namespaces, choose)}</li>`)}
    <li>
      <button
        type="button"
        class="new-client"
        aria-label="New client"
        onClick=${() => {
          askForClient(namespace);
        }}
      >
        ${icon('plus')}<span>${clients.length === 0 ? 'New client' : 'New'}</span>
      </button>
    </li>
  </ul>`;
}

function clientChip(
  client: Client,
  isActive: boolean,
  namespaces: readonly Namespace[],
  choose: (client: Client) => void,
): unknown {
  const namespace = namespaces.find(({ key }) => key === client.namespace);
  const name = namespace ? namespaceName(namespace, client.params) : client.namespace;
  const state = client.reason === undefined ? statusText(client) : `${statusText(client)}: ${client.reason}`;
  return html`<span
    class=${`chip client-${client.color} ${client.status}${isActive ? ' active' : ''}`}
    title=${state}
  >
    <button
      type="button"
      aria-pressed=${String(isActive)}
      onClick=${() => {
        choose(client);
      }}
    >
      <span class="dot" aria-hidden="true"></span>
      <span class="chip-name">${client.name}</span>
      <span class="chip-place">${client.status === 'connected' ? name : statusText(client)}</span>
      <span class="unseen">${statusText(client)}</span>
    </button>
    <button
      type="button"
      class="chip-edit"
      aria-label=${`Edit ${client.name}`}
      onClick=${() => {
        dialogStore.set(client);
      }}
    >
      ${icon('more')}
    </button>
  </span>`;
}
