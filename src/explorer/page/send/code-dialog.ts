import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import type { Client } from '../clients/client';
import { namespaceName } from '../clients/namespace-name';
import type { Namespace } from '../contract/contract';
import { announce } from '../shell/announce';
import { Dialog } from '../shell/dialog';
import { copyText } from './copy-text';
import { codeOf, type CodeStyle, type Sending } from './code';

interface Props extends Pick<Sending, 'event' | 'args' | 'ack' | 'isSilent'> {
  readonly namespace: Namespace;
  readonly client: Client | undefined;
  readonly onClose: () => void;
}

const STYLES: readonly { readonly style: CodeStyle; readonly title: string }[] = [
  { style: 'client', title: 'Client helper' },
  { style: 'socket.io-client', title: 'socket.io-client' },
];

/** Shows the code that sends what is in the form. */
export function CodeDialog({ namespace, client, onClose, ...sending }: Props): VNode {
  const [style, setStyle] = useState<CodeStyle>('client');
  const [isCopied, setIsCopied] = useState(false);
  const code = codeOf(style, {
    ...sending,
    namespace: namespaceName(namespace, client?.params ?? {}),
    auth: client?.auth ?? '',
  });
  const copy = async (): Promise<void> => {
    const hasCopied = await copyText(code);
    setIsCopied(hasCopied);
    announce(hasCopied ? 'The code is copied.' : 'The browser does not let the page copy: select the code.');
  };
  return html`<${Dialog} title="Copy as code" onClose=${onClose}>
    <span class="segments" role="group" aria-label="Library">
      ${STYLES.map(
        ({ style: own, title }) =>
          html`<button
            key=${own}
            type="button"
            aria-pressed=${String(style === own)}
            onClick=${() => {
              setStyle(own);
              setIsCopied(false);
            }}
          >
            ${title}
          </button>`,
      )}
    </span>
    <pre class="outline" tabindex="0" aria-label="Code">${code}</pre>
    <div class="actions">
      <button type="button" class="primary" onClick=${copy}>${isCopied ? 'Copied' : 'Copy'}</button>
    </div>
  <//>`;
}
