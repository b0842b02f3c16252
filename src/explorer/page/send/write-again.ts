import { findClient } from '../clients/clients';
import { contractStore } from '../contract/load-contract';
import { select } from '../events/selection';
import type { Entry } from '../timeline/timeline';
import { changeDraft, textOfValues } from './drafts';

/**
 * Returns a function that writes what was sent into the form of its event again; undefined if the contract has no such event any
 * more, or the client is gone.
 */
export function writeAgain({ kind, clientId, name, args }: Entry): (() => void) | undefined {
  const { contract } = contractStore.get();
  const client = findClient(clientId);
  const namespace = contract?.namespaces.find(({ key }) => key === client?.namespace);
  const event =
    namespace?.events.find((one) => one.name === name) ?? namespace?.events.find((one) => one.name === '*');
  if (kind !== 'sent' || !contract || !namespace || !event) return undefined;
  return () => {
    const draft = { values: args, text: textOfValues(event, args), name };
    changeDraft(namespace, event, contract.schemas, draft);
    select(event.key);
  };
}
