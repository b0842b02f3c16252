import { html } from 'htm/preact';
import { render } from 'preact';
import { App } from './app';
import { contractStore, followContract } from './contract/load-contract';
import { wereConnected } from './clients/clients';
import { connectClient } from './clients/connections';
import { followHash } from './events/selection';
import { listenToKeys } from './keyboard';
import { followTheme } from './shell/theme';
import './style/index.css';

followTheme();
followHash();
listenToKeys();
followContract();

// Clients of the visit before come back when it is known where to.
const stop = contractStore.subscribe(() => {
  if (!contractStore.get().contract) return;
  stop();
  for (const id of wereConnected) connectClient(id);
});

const page = document.getElementById('page');
if (page) render(html`<${App} />`, page);
