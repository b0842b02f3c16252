import type { ClusterLink } from '../cluster/cluster-link';

/** What presence needs of the link to the other nodes of a gateway. */
export type NodeLink = Pick<
  ClusterLink,
  'peers' | 'send' | 'ask' | 'handle' | 'watchPeers' | 'watchRestarts'
>;
