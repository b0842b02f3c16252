import type { Namespace } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import { AdapterDirectory } from './adapter-directory';
import { ClusterAdapter } from './cluster-adapter';
import { RecoveringAdapter } from './recovering-adapter';

/** The adapter of gateways that are on several nodes. It is connected to them by the directory of its Socket.IO server. */
class MoleculerAdapter extends ClusterAdapter {
  override init(): void {
    AdapterDirectory.of(this.nsp.server).update(this);
  }

  override close(): void {
    AdapterDirectory.of(this.nsp.server).delete(this);
  }
}

/** The same for a Socket.IO server with `connectionStateRecovery`. */
class RecoverableMoleculerAdapter extends RecoveringAdapter {
  override init(): void {
    AdapterDirectory.of(this.nsp.server).update(this);
  }

  override close(): void {
    super.close();
    AdapterDirectory.of(this.nsp.server).delete(this);
  }
}

/**
 * Returns an adapter for `io.options.adapter` that reaches the other nodes of a gateway over Moleculer's transporter.
 * Gateways have it by default if their broker has a transporter; `SocketIOService` with the setting `io.adapter:
 * 'moleculer'`.
 *
 * On a Socket.IO server without gateways it is the in-memory adapter.
 *
 * @example
 * settings: { port: 3000, io: { options: { adapter: moleculerAdapter() } } }
 */
export function moleculerAdapter(): (namespace: Namespace) => Adapter {
  return createMoleculerAdapter;
}

/** Creates the adapter. Socket.IO calls it with `new`. */
function createMoleculerAdapter(namespace: Namespace): Adapter {
  const { connectionStateRecovery } = (
    namespace.server as object as { opts: { connectionStateRecovery?: object } }
  ).opts;
  return connectionStateRecovery
    ? new RecoverableMoleculerAdapter(namespace)
    : new MoleculerAdapter(namespace);
}
