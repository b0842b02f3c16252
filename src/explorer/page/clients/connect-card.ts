import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { Contract, Namespace } from '../contract/contract';
import type { ClientOptions } from './client';
import { ClientForm } from './client-form';
import { addClient, freeName } from './clients';
import { connectClient } from './connections';

/** Draws a form for the first client of a namespace. */
export function connectCard({ namespaces }: Contract, { key, description }: Namespace): VNode {
  const initial: ClientOptions = { name: freeName(), namespace: key, params: {}, auth: '' };
  return html`<section class="card connect-card" aria-labelledby="connect-title">
    <h3 id="connect-title">Connect a client to send it</h3>
    <p class="lead">
      A client is a connection of its own. Connect several, and see what each of them gets.
      ${description?.includes('Only clients with a user') && ' This namespace lets in only clients with a user.'}
    </p>
    <${ClientForm}
      key=${key}
      id="first-client"
      initial=${initial}
      namespaces=${namespaces.filter((one) => one.key === key)}
      submitText="Connect"
      onSubmit=${(options: ClientOptions) => {
        connectClient(addClient(options).id);
      }}
    />
  </section>`;
}
