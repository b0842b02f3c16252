import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Namespace } from '../contract/contract';
import { Dialog } from '../shell/dialog';
import { createStore } from '../store';
import type { Client, ClientOptions } from './client';
import { ClientForm } from './client-form';
import { addClient, freeName, updateClient } from './clients';
import { connectClient, disconnectClient, dismissClient } from './connections';

/** The client that is edited, or options of one to be made. */
export const dialogStore = createStore<Client | ClientOptions | undefined>(undefined);

/** Asks for a new client. */
export function askForClient(namespace: string): void {
  dialogStore.set({ name: freeName(), namespace, params: {}, auth: '' });
}

interface Props {
  readonly subject: Client | ClientOptions;
  readonly namespaces: readonly Namespace[];
}

/** Makes a client, or changes one. */
export function ClientDialog({ subject, namespaces }: Props): VNode {
  const client = 'id' in subject ? subject : undefined;
  const close = (): void => {
    dialogStore.set(undefined);
  };
  const submit = (options: ClientOptions): void => {
    const { id } = client ?? addClient(options);
    updateClient(id, options);
    connectClient(id);
    close();
  };
  const isOn =
    client && client.status !== 'off' && client.status !== 'refused' && client.status !== 'disconnected';
  const button = (text: string, run: () => void, kind = ''): unknown =>
    html`<button
      type="button"
      class=${kind}
      onClick=${() => {
        run();
        close();
      }}
    >
      ${text}
    </button>`;
  const buttons =
    client &&
    html`${
      isOn &&
      button('Disconnect', () => {
        disconnectClient(client.id);
      })
    }
    ${button(
      'Remove',
      () => {
        dismissClient(client.id);
      },
      'quiet danger',
    )}`;
  return html`<${Dialog} title=${client ? client.name : 'New client'} onClose=${close}>
    <${ClientForm}
      id="client"
      initial=${subject}
      namespaces=${namespaces}
      submitText=${isOn ? 'Connect anew' : 'Connect'}
      onSubmit=${submit}
    >
      ${buttons}
    <//>
  <//>`;
}
