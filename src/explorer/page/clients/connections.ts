import { io, type Socket } from 'socket.io-client';
import { announce } from '../shell/announce';
import { contractStore } from '../contract/load-contract';
import { PAGE } from '../page-context';
import { logConnection, logReceived, loseAnswers } from '../timeline/timeline';
import { parseAuth } from './auth';
import type { Client } from './client';
import { findClient, removeClient, updateClient } from './clients';
import { namespaceName } from './namespace-name';

const sockets = new Map<number, Socket>();

export function socketOf(id: number): Socket | undefined {
  return sockets.get(id);
}

/** Connects a client with a connection of its own. One that is connected is connected anew. */
export function connectClient(id: number): void {
  disconnectClient(id, false);
  const client = findClient(id);
  const namespace = contractStore.get().contract?.namespaces.find(({ key }) => key === client?.namespace);
  if (!client || !namespace) return;
  const name = namespaceName(namespace, client.params);
  const auth = parseAuth(client.auth);
  const socket = io(PAGE.origin + name, {
    path: PAGE.socketPath,
    forceNew: true,
    reconnectionDelayMax: 5000,
    ...('value' in auth && { auth: auth.value }),
  });
  sockets.set(id, socket);
  updateClient(id, { status: 'connecting', reason: undefined });
  follow(id, socket, name);
}

/** Disconnects a client. */
export function disconnectClient(id: number, isShown = true): void {
  const socket = sockets.get(id);
  if (!socket) return;
  sockets.delete(id);
  const wasConnected = socket.connected;
  socket.off();
  socket.offAny();
  socket.io.off();
  socket.disconnect();
  const client = findClient(id);
  if (!client) return;
  loseAnswers(id);
  updateClient(id, { status: 'off', reason: undefined, socketId: undefined });
  if (isShown && wasConnected) logConnection(client, 'disconnected', 'You disconnected it.', 'neutral');
}

/** Disconnects a client, and forgets it. */
export function dismissClient(id: number): void {
  disconnectClient(id, false);
  removeClient(id);
}

function follow(id: number, socket: Socket, name: string): void {
  let failures = 0;
  const withClient = (run: (client: Client) => void): void => {
    const client = findClient(id);
    if (client && sockets.get(id) === socket) run(client);
  };
  socket.on('connect', () => {
    withClient((client) => {
      failures = 0;
      updateClient(id, { status: 'connected', reason: undefined, socketId: socket.id });
      const how = socket.recovered ? 'connected again, session recovered' : 'connected';
      logConnection(client, how, `${name} as ${socket.id ?? ''}`, 'good');
      announce(`${client.name} is connected.`);
    });
  });
  socket.on('disconnect', (reason) => {
    withClient((client) => {
      const willReturn = socket.active;
      loseAnswers(id);
      updateClient(id, {
        status: willReturn ? 'reconnecting' : 'disconnected',
        reason: reasonText(reason),
        socketId: undefined,
      });
      logConnection(client, 'disconnected', reasonText(reason), 'bad');
      announce(`${client.name} is disconnected. ${reasonText(reason)}`);
    });
  });
  socket.on('connect_error', (error: RefusalError) => {
    withClient((client) => {
      const isRefused = !socket.active;
      const reason = refusalText(error);
      updateClient(id, { status: isRefused ? 'refused' : 'reconnecting', reason, socketId: undefined });
      // Socket.IO tries again and again: the first failure says it all.
      if (failures++ > 0) return;
      logConnection(client, isRefused ? 'refused' : 'cannot connect', reason, 'bad', error.data);
      announce(`${client.name} ${isRefused ? 'is refused' : 'cannot connect'}. ${reason}`);
    });
  });
  socket.onAny((event: string, ...args: unknown[]) => {
    withClient((client) => {
      logReceived(client, event, args);
    });
  });
}

interface RefusalError extends Error {
  /** The error of the gateway. */
  readonly data?: { readonly code?: unknown; readonly type?: unknown; readonly message?: unknown };
  /** The HTTP status and the request of a failed transport. */
  readonly description?: unknown;
  readonly context?: { readonly responseText?: unknown };
}

function refusalText({ message, data, description, context }: RefusalError): string {
  const text = bodyMessage(context?.responseText);
  if (text !== undefined) return `${message}: ${text}`;
  if (typeof description === 'number' && description > 0) return `${message}: HTTP ${description}`;
  const details = [data?.code, data?.type].filter(
    (one) => typeof one === 'string' || typeof one === 'number',
  );
  return details.length > 0 ? `${message} (${details.join(' ')})` : message;
}

// Engine.IO answers a request that it refuses with `{"code":4,"message":"…"}`.
function bodyMessage(body: unknown): string | undefined {
  if (typeof body !== 'string' || !body.startsWith('{')) return undefined;
  try {
    const { message } = JSON.parse(body) as { message?: unknown };
    return typeof message === 'string' ? message : undefined;
  } catch {
    return undefined;
  }
}

const REASONS: Readonly<Record<string, string>> = {
  'io server disconnect': 'The server disconnected it.',
  'transport close': 'The connection was closed.',
  'transport error': 'The connection failed.',
  'ping timeout': 'The server was silent for too long.',
};

function reasonText(reason: string): string {
  return REASONS[reason] ?? reason;
}
