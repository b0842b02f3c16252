import type { Namespace } from 'socket.io';
import type { Adapter } from 'socket.io-adapter';
import { recoveryDurationOf } from '../socket-io/recovery-duration';

type Adapters = typeof import('./moleculer-adapters');

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
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would load the cluster with the package
  const { RecoverableMoleculerAdapter, MoleculerAdapter } = require('./moleculer-adapters') as Adapters;
  return recoveryDurationOf(namespace.server) > 0
    ? new RecoverableMoleculerAdapter(namespace)
    : new MoleculerAdapter(namespace);
}
