/** The codes of errors of the cluster. */
export type ClusterErrorCode =
  /** A node did not answer in time. */
  | 'CLUSTER_TIMEOUT'
  /** A node answered with an error. */
  | 'CLUSTER_ANSWER_FAILED'
  /** A message is larger than 64 MiB. */
  | 'CLUSTER_MESSAGE_TOO_LARGE'
  /** A message holds what cannot be sent to another node. */
  | 'CLUSTER_MESSAGE_NOT_SERIALIZABLE';

/** An error of the link between the nodes of a gateway. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';

  /**
   * @param code what went wrong
   * @param nodes the ids of the nodes that did not answer, or failed to
   * @param responses what the other nodes answered
   */
  constructor(
    readonly code: ClusterErrorCode,
    message: string,
    readonly nodes: readonly string[] = [],
    readonly responses: readonly unknown[] = [],
  ) {
    super(message);
  }
}
