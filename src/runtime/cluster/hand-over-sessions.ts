import type { Gateway } from '../model';
import { ClusterAdapter } from './cluster-adapter';

/**
 * Gives the sessions of a gateway that drains to another node, with the packets that their clients may have missed. Does nothing
 * without another node, and with an adapter of the application. Call it when no client is connected any more.
 *
 * @returns resolves when the transporter has taken all
 */
export async function handOverSessions({ namespaces, plan, logger }: Gateway): Promise<void> {
  for (const { adapter, name } of namespaces.values()) {
    if (!(adapter instanceof ClusterAdapter)) continue;
    const { recoverable, remote } = adapter;
    const [node] = remote?.link.peers ?? [];
    if (!recoverable || !remote || node === undefined) continue;
    for (const sessions of recoverable.giveAll()) {
      try {
        remote.giveSessions(node, sessions);
      } catch (error) {
        logger.warn(
          `${plan.className}: sessions of '${name}' cannot be given to ${node}, their clients come in anew:`,
          error,
        );
      }
    }
    await remote.link.drained(node);
  }
}
