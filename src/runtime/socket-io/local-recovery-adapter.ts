import type { Namespace } from 'socket.io';
import { Adapter, SessionAwareAdapter } from 'socket.io-adapter';

/** How often expired sessions and packets are deleted, as in Socket.IO's adapter. */
const CLEANUP_INTERVAL_MS = 60_000;

/** The methods of Socket.IO's adapter that keep and restore sessions. They use the fields below, and no others. */
const SESSION_METHODS = ['persistSession', 'restoreSession', 'broadcast'] as const;

interface RecoveringServer {
  readonly opts: { readonly connectionStateRecovery: { readonly maxDisconnectionDuration: number } };
}

/**
 * The adapter of `connectionStateRecovery` in memory, whose `close` ends it. Socket.IO's own starts a timer that nothing can stop: it
 * would hold the adapter and the namespace of every name that a client has ever entered.
 */
export class LocalRecoveryAdapter extends Adapter {
  private readonly maxDisconnectionDuration: number;
  private readonly sessions = new Map<string, { readonly disconnectedAt: number }>();
  private readonly packets: { readonly emittedAt: number }[] = [];
  private readonly timer: NodeJS.Timeout;

  constructor(namespace: Namespace) {
    super(namespace);
    const { opts } = namespace.server as object as RecoveringServer;
    this.maxDisconnectionDuration = opts.connectionStateRecovery.maxDisconnectionDuration;
    this.timer = setInterval(() => {
      this.deleteExpired();
    }, CLEANUP_INTERVAL_MS).unref();
  }

  override close(): void {
    clearInterval(this.timer);
  }

  private deleteExpired(): void {
    const oldest = Date.now() - this.maxDisconnectionDuration;
    for (const [pid, { disconnectedAt }] of this.sessions)
      if (disconnectedAt < oldest) this.sessions.delete(pid);
    const kept = this.packets.findIndex(({ emittedAt }) => emittedAt >= oldest);
    this.packets.splice(0, kept < 0 ? this.packets.length : kept);
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
