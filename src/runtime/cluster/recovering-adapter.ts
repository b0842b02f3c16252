import type { Namespace } from 'socket.io';
import { ClusterAdapter } from './cluster-adapter';
import type { ClientSession } from './handed-sessions';
import { RecoverableSessions } from './recoverable-sessions';

/** The adapter for `connectionStateRecovery`. A node asks the others for sessions that it does not have. */
export class RecoveringAdapter extends ClusterAdapter {
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
  }
}

/** The same for a node that stays by itself. Socket.IO's own adapter starts a timer that nothing can stop, and keeps what it gets. */
export class LocalRecoveryAdapter extends RecoveringAdapter {
  override readonly staysHere: boolean = true;
}
