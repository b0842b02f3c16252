import { html } from 'htm/preact';
import type { ComponentChildren, VNode } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { icon } from './icon';

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** Renders a dialog above the page. Escape closes it, and so does a click beside it. */
export function Dialog({ title, onClose, children }: Props): VNode {
  const element = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    element.current?.showModal();
  }, []);
  return html`<dialog
    ref=${element}
    aria-labelledby="dialog-title"
    onClose=${onClose}
    onClick=${({ target }: Event) => {
      if (target === element.current) onClose();
    }}
  >
    <div class="dialog-content">
      <header class="dialog-head">
        <h2 id="dialog-title">${title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick=${onClose}>${icon('close')}</button>
      </header>
      ${children}
    </div>
  </dialog>`;
}
