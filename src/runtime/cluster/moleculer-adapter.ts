import type { Namespace } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import { AdapterDirectory } from './adapter-directory';
import { ClusterAdapter } from './cluster-adapter';
import type { ClientSession } from './handed-sessions';
import { RecoverableSessions } from './recoverable-sessions';

/** The adapter of gateways that are on several nodes. It is connected to them by the directory of its Socket.IO server. */
class MoleculerAdapter extends ClusterAdapter {
  override init(): void {
    AdapterDirectory.of(this.nsp.server).update(this);
  }

  override close(): void {
    AdapterDirectory.of(this.nsp.server).delete(this);
  }
}

/** The same for a Socket.IO server with `connectionStateRecovery`. A node asks the others for sessions that it does not have. */
class RecoverableMoleculerAdapter extends MoleculerAdapter {
  override readonly recoverable: RecoverableSessions;

  constructor(namespace: Namespace) {
    super(namespace);
    this.recoverable = new RecoverableSessions(namespace.server);
  }

  override persistSession(session: ClientSession): void {
    this.recoverable.persist(session);
  }

  override async restoreSession(pid: string, offset: string): Promise<never> {
    const { recoverable, remote } = this;
    if (remote && remote.nodes > 0 && recoverable.isElsewhere(pid, offset)) {
      const handed = await remote.takeSession(pid, offset);
      if (handed) recoverable.adopt(handed);
    }
    // Socket.IO accepts null, which its types do not say.
    return recoverable.restore(pid, offset) as never;
  }

  override close(): void {
    this.recoverable.close();
    super.close();
  }
}

/**
 * Returns an adapter for `io.options.adapter` that reaches the other nodes of a gateway over Moleculer's transporter. Gateways have it
 * by default if their broker has a transporter; `SocketIOService` with the setting `io.adapter: 'moleculer'`.
 *
 * On a Socket.IO server without gateways it is the in-memory adapter.
 *
 * @example
 * settings: { port: 3000, io: { options: { adapter: moleculerAdapter() } } }
 */
export function moleculerAdapter(): (namespace: Namespace) => Adapter {
  return createMoleculerAdapter;
}

/** Returns true for what `moleculerAdapter` returns. */
export function isMoleculerAdapter(adapter: unknown): boolean {
  return adapter === createMoleculerAdapter;
}

/** Socket.IO calls it with `new`. */
function createMoleculerAdapter(namespace: Namespace): Adapter {
  const { connectionStateRecovery } = (
    namespace.server as object as { opts: { connectionStateRecovery?: object } }
  ).opts;
  return connectionStateRecovery
    ? new RecoverableMoleculerAdapter(namespace)
    : new MoleculerAdapter(namespace);
}
