import type { ClusterLink } from '../cluster/cluster-link';

/** The part of the link to other nodes that presence uses. */
export type NodeLink = Pick<
  ClusterLink,
  'peers' | 'send' | 'ask' | 'handle' | 'watchPeers' | 'watchRestarts'
>;
