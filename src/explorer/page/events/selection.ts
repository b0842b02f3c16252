import type { Contract, EventToReceive, EventToSend, Namespace } from '../contract/contract';
import { createStore } from '../store';
import { showView } from '../shell/view';

/** The key of the operation that is shown. It is in the address of the page, so that it can be linked to. */
export const selectionStore = createStore<string | undefined>(readHash());

/** An event of a namespace. */
export type Selected =
  | { readonly namespace: Namespace; readonly event: EventToSend; readonly direction: 'send' }
  | { readonly namespace: Namespace; readonly event: EventToReceive; readonly direction: 'receive' };

/** Shows an event. */
export function select(key: string): void {
  selectionStore.set(key);
  history.replaceState(null, '', `#${encodeURIComponent(key)}`);
  showView('send');
}

export function followHash(): void {
  addEventListener('hashchange', () => {
    selectionStore.set(readHash());
  });
}

/** Returns the selected event; the first one if none is selected; undefined if there is none. */
export function findSelected({ namespaces }: Contract, key: string | undefined): Selected | undefined {
  for (const namespace of namespaces) {
    const event = namespace.events.find((one) => one.key === key);
    if (event) return { namespace, event, direction: 'send' };
    const received = namespace.received.find((one) => one.key === key);
    if (received) return { namespace, event: received, direction: 'receive' };
  }
  for (const namespace of namespaces) {
    const [event] = namespace.events;
    if (event) return { namespace, event, direction: 'send' };
  }
  return undefined;
}

function readHash(): string | undefined {
  try {
    return decodeURIComponent(location.hash.slice(1)) || undefined;
  } catch {
    return undefined;
  }
}
