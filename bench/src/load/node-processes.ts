import type { ServerSpec } from '../servers/server-spec';
import { ServerProcess } from './server-process';

/** The nodes of a cluster, each in a process of its own. They work and pause together. */
export class NodeProcesses {
  private constructor(readonly nodes: readonly ServerProcess[]) {}

  /** Starts the nodes one after the other, and resolves when each reaches all others. */
  static async start(specs: readonly ServerSpec[]): Promise<NodeProcesses> {
    const nodes: ServerProcess[] = [];
    try {
      for (const spec of specs) nodes.push(await ServerProcess.start(spec));
      for (const node of nodes) await node.ask('untilPeers', specs.length - 1);
    } catch (error) {
      for (const node of nodes) await node.stop();
      throw error;
    }
    return new NodeProcesses(nodes);
  }

  /** CPU of all nodes, in microseconds. */
  async cpu(): Promise<number> {
    const each = await Promise.all(this.nodes.map((node) => node.ask<number>('cpu')));
    return each.reduce((sum, one) => sum + one, 0);
  }

  pause(): void {
    for (const node of this.nodes) node.pause();
  }

  resume(): void {
    for (const node of this.nodes) node.resume();
  }

  async stop(): Promise<void> {
    for (const node of this.nodes) await node.stop();
  }
}
