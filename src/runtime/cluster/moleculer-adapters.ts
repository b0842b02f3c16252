import { AdapterDirectory } from './adapter-directory';
import { ClusterAdapter } from './cluster-adapter';
import { RecoveringAdapter } from './recovering-adapter';

/** The adapter of gateways that are on several nodes. It is connected to them by the directory of its Socket.IO server. */
export class MoleculerAdapter extends ClusterAdapter {
  override init(): void {
    AdapterDirectory.of(this.nsp.server).update(this);
  }

  override close(): void {
    AdapterDirectory.of(this.nsp.server).delete(this);
  }
}

/** The same for a Socket.IO server with `connectionStateRecovery`. */
export class RecoverableMoleculerAdapter extends RecoveringAdapter {
  override init(): void {
    AdapterDirectory.of(this.nsp.server).update(this);
  }

  override close(): void {
    super.close();
    AdapterDirectory.of(this.nsp.server).delete(this);
  }
}
