import { EventEmitter } from 'node:events';
import type { AdapterKind, Gateway } from '../model';
import { ClusterAdapter } from './cluster-adapter';

/** Returns how the Socket.IO server of a gateway reaches other nodes. The application may have replaced its adapter. */
export function adapterKindOf({ io, plan, adapterSetting }: Gateway): AdapterKind {
  if (!io) return 'none';
  const { adapter } = io.sockets;
  if (adapter instanceof ClusterAdapter && !adapter.staysHere)
    return plan.moleculerIo && !adapterSetting ? 'none' : 'moleculer';
  if (adapterSetting === 'given' || reachesOtherNodes(adapter)) return 'other';
  return adapterSetting === 'local' ? 'local' : 'none';
}

/** Returns true if an adapter has its own `serverSideEmit`. That of the base class only logs a warning. */
export function reachesOtherNodes(adapter: object): boolean {
  if (adapter instanceof ClusterAdapter && adapter.staysHere) return false;
  let owner: unknown = adapter;
  while (owner && !Object.hasOwn(owner, 'serverSideEmit')) owner = Object.getPrototypeOf(owner);
  return owner !== null && Object.getPrototypeOf(owner) !== EventEmitter.prototype;
}
