import { readSaved, save } from '../saved';
import { createStore } from '../store';
import { COLORS, type Client, type ClientOptions } from './client';

/** All clients of this page. They are kept for this tab of the browser. */
export const clientsStore = createStore<readonly Client[]>(readClients());

/** The client that sends. */
export const activeClientStore = createStore<number | undefined>(clientsStore.get()[0]?.id);

/** Clients of the last time that were connected. */
export const wereConnected: readonly number[] = clientsStore
  .get()
  .filter(({ status }) => status === 'connected')
  .map(({ id }) => id);
for (const id of wereConnected) updateClient(id, { status: 'off' });

clientsStore.subscribe(() => {
  save(() => sessionStorage, 'clients', clientsStore.get());
});

export function findClient(id: number | undefined): Client | undefined {
  return clientsStore.get().find((client) => client.id === id);
}

/** Returns the client that sends to a namespace: the chosen one, or the first that is there. */
export function senderOf(
  clients: readonly Client[],
  namespace: string,
  activeId: number | undefined,
): Client | undefined {
  const present = clients.filter((client) => client.namespace === namespace);
  return present.find(({ id }) => id === activeId) ?? present[0];
}

/** Adds a client, which is not connected yet. */
export function addClient(options: ClientOptions): Client {
  const clients = clientsStore.get();
  const id = Math.max(0, ...clients.map((client) => client.id)) + 1;
  const client: Client = {
    ...options,
    id,
    color: freeColor(clients),
    status: 'off',
    reason: undefined,
    socketId: undefined,
  };
  clientsStore.set([...clients, client]);
  activeClientStore.set(id);
  return client;
}

export function updateClient(id: number, change: Partial<Client>): void {
  clientsStore.set(
    clientsStore.get().map((client) => (client.id === id ? { ...client, ...change } : client)),
  );
}

export function removeClient(id: number): void {
  clientsStore.set(clientsStore.get().filter((client) => client.id !== id));
  if (activeClientStore.get() === id) activeClientStore.set(clientsStore.get()[0]?.id);
}

/** Returns a name that no client has. */
export function freeName(): string {
  const names = clientsStore.get().map(({ name }) => name);
  for (let count = 1; ; count++) if (!names.includes(`Client ${count}`)) return `Client ${count}`;
}

function freeColor(clients: readonly Client[]): number {
  const used = clients.map(({ color }) => color);
  for (let color = 0; color < COLORS; color++) if (!used.includes(color)) return color;
  return clients.length % COLORS;
}

function readClients(): readonly Client[] {
  const saved = readSaved(() => sessionStorage, 'clients');
  if (!Array.isArray(saved)) return [];
  return (saved as Partial<Client>[]).flatMap(({ id, name, namespace, params, auth, color, status }) =>
    typeof id === 'number' && typeof name === 'string' && typeof namespace === 'string'
      ? [
          {
            id,
            name,
            namespace,
            params: params ?? {},
            auth: auth ?? '',
            color: color ?? 0,
            // One that waited to reconnect wants to be connected, too.
            status:
              status === 'connected' || status === 'reconnecting' ? ('connected' as const) : ('off' as const),
            reason: undefined,
            socketId: undefined,
          },
        ]
      : [],
  );
}
