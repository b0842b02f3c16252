import { showView } from './shell/view';

/** Listens to keys: `/` goes to the search, Ctrl+Enter or ⌘+Enter sends from wherever the focus is. */
export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (document.querySelector('dialog[open]')) return;
    if (event.key === '/' && !isTyping(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      showView('events');
      // At once, for what is typed next; a narrow screen has to show it first.
      focusSearch();
      requestAnimationFrame(() => {
        if (document.activeElement?.id !== 'search') focusSearch();
      });
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      document.querySelector<HTMLFormElement>('form.compose')?.requestSubmit();
    }
  });
}

function focusSearch(): void {
  const search = document.getElementById('search') as HTMLInputElement | null;
  search?.focus();
  search?.select();
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null
  );
}
