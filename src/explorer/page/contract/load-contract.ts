import { PAGE } from '../page-context';
import { createStore } from '../store';
import type { Contract } from './contract';
import { readContract, type Document } from './read-contract';

/** The state of the contract on the page. */
export interface ContractState {
  readonly contract: Contract | undefined;
  readonly isLoading: boolean;
  /** Why it could not be loaded the last time. */
  readonly error: string | undefined;
}

export const contractStore = createStore<ContractState>({
  contract: undefined,
  isLoading: true,
  error: undefined,
});

let lastText = '';

/** Loads the contract, and keeps the one that is there if that fails. */
export async function loadContract(): Promise<void> {
  const state = contractStore.get();
  contractStore.set({ ...state, isLoading: true });
  try {
    const response = await fetch(PAGE.contractUrl, { cache: 'no-cache' });
    const text = await response.text();
    if (!response.ok) throw new Error(text.trim() || `The server answered ${response.status}.`);
    const isKnown = text === lastText && state.contract !== undefined;
    const contract = isKnown ? state.contract : readContract(JSON.parse(text) as Document);
    lastText = text;
    contractStore.set({ contract, isLoading: false, error: undefined });
  } catch (error) {
    // `fetch` itself throws a TypeError, in words of the browser.
    const message =
      error instanceof TypeError
        ? 'The server does not answer.'
        : error instanceof Error
          ? error.message
          : '';
    contractStore.set({ contract: state.contract, isLoading: false, error: message });
  }
}

/** Loads the contract now, and again when the page is looked at: a server that restarts may have other events. */
export function followContract(): void {
  void loadContract();
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') void loadContract();
  });
}
