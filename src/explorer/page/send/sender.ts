import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { statusText, type Client } from '../clients/client';
import { askForClient, dialogStore } from '../clients/client-dialog';
import { activeClientStore } from '../clients/clients';
import { connectClient } from '../clients/connections';
import type { Namespace } from '../contract/contract';
import { icon } from '../shell/icon';

interface Props {
  readonly clients: readonly Client[];
  readonly sender: Client;
  readonly namespace: Namespace;
}

/** Renders the client that sends: one of those in the namespace. */
export function Sender({ clients, sender, namespace }: Props): VNode {
  return html`<fieldset class="sender">
      <legend>Send as</legend>
      ${clients.map(
        (client) =>
          html`<label key=${client.id} class=${`sender-choice client-${client.color} ${client.status}`}>
            <input
              type="radio"
              name="sender"
              checked=${client.id === sender.id}
              onChange=${() => {
                activeClientStore.set(client.id);
              }}
            /><span class="dot" aria-hidden="true"></span>${client.name}${
              client.status !== 'connected' && html`<span class="state">${statusText(client)}</span>`
            }
          </label>`,
      )}
      <button
        type="button"
        class="quiet small"
        aria-label=${'New client in this namespace'}
        title="New client in this namespace"
        onClick=${() => {
          askForClient(namespace.key);
        }}
      >
        ${icon('plus')}
      </button>
    </fieldset>
    ${sender.status !== 'connected' && offline(sender)}`;
}

const TITLES: Partial<Record<Client['status'], string>> = {
  off: 'is not connected',
  connecting: 'is connecting …',
  reconnecting: 'lost its connection, and tries again',
  refused: 'was refused',
  disconnected: 'was disconnected',
};

/** Says what keeps a client from sending, and what to do about it. */
function offline(client: Client): unknown {
  const { id, name, status, reason } = client;
  const isBad = status === 'refused' || status === 'disconnected' || status === 'reconnecting';
  const mayConnect = status !== 'connecting' && status !== 'reconnecting';
  return html`<div class=${`notice ${isBad ? 'bad' : ''}`}>
    ${icon(isBad ? 'alert' : 'plug')}
    <p>
      <strong>${name} ${TITLES[status]}.</strong>
      ${reason !== undefined && html`<span>${reason}</span>`}
    </p>
    <span class="tools">
      ${
        mayConnect &&
        html`<button
          type="button"
          onClick=${() => {
            connectClient(id);
          }}
        >
          Connect
        </button>`
      }
      <button
        type="button"
        class="quiet"
        onClick=${() => {
          dialogStore.set(client);
        }}
      >
        Edit
      </button>
    </span>
  </div>`;
}
