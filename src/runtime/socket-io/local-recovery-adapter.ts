import type { Namespace } from 'socket.io';
import { Adapter, SessionAwareAdapter } from 'socket.io-adapter';
import { deleteExpired, recoveryDurationOf } from './recovery-duration';

/** The methods of Socket.IO's adapter that keep and restore sessions. They use the fields below, and no others. */
const SESSION_METHODS = ['persistSession', 'restoreSession', 'broadcast'] as const;

/**
 * The adapter of `connectionStateRecovery` in memory, whose `close` ends it. Socket.IO's own starts a timer that nothing can stop: it
 * would hold the adapter and the namespace of every name that a client has ever entered.
 */
export class LocalRecoveryAdapter extends Adapter {
  private readonly maxDisconnectionDuration: number;
  private readonly sessions = new Map<string, { readonly disconnectedAt: number }>();
  private readonly packets: { readonly emittedAt: number }[] = [];
  private readonly stopDeleting: () => void;

  constructor(namespace: Namespace) {
    super(namespace);
    this.maxDisconnectionDuration = recoveryDurationOf(namespace.server);
    this.stopDeleting = deleteExpired(this.sessions, this.packets, this.maxDisconnectionDuration);
  }

  override close(): void {
    this.stopDeleting();
  }
}

for (const method of SESSION_METHODS) {
  const descriptor = Object.getOwnPropertyDescriptor(SessionAwareAdapter.prototype, method);
  if (!descriptor) {
    throw new Error(
      `moleculer-socket-gateway does not know this version of socket.io-adapter: SessionAwareAdapter.${method} is missing; ` +
        'install one that its dependencies name',
    );
  }
  Object.defineProperty(LocalRecoveryAdapter.prototype, method, descriptor);
}
