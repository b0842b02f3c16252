import type { ServiceBroker } from 'moleculer';
import {
  askForNodes,
  eventListeners,
  hasUnknownNodes,
  type EventListener,
  isTransporterConnected,
  sendEventTo,
} from '../moleculer/internals';
import type { ClusterLog } from './observers';

/** The callbacks of a link for changes of nodes. */
export interface NodeListener {
  /** A service may have come, changed or gone, here or elsewhere. */
  readonly changed: () => void;
  /** A node is gone with all its services. */
  readonly disconnected: (node: string) => void;
  /** The transporter has connected, again perhaps. */
  readonly connected: () => void;
}

/** Sends an event to single nodes, over Moleculer's transporter, and knows which nodes listen to it. */
export class NodeEvents {
  /** @param event is also the group of its listeners, so that no `**` of the application hears it */
  constructor(
    private readonly broker: ServiceBroker,
    private readonly event: string,
  ) {}

  get nodeID(): string {
    return this.broker.nodeID;
  }

  /** False if the broker has no transporter. */
  get hasTransporter(): boolean {
    return Boolean(this.broker.transit);
  }

  /**
   * Sends the event to one node, whether the registry knows it or not.
   *
   * @throws or rejects if the transporter does not take it
   */
  send(node: string, params: unknown): Promise<void> {
    // Moleculer would log every message that it cannot send.
    if (!isTransporterConnected(this.broker)) throw new Error('the transporter is not connected');
    return sendEventTo(this.broker, node, this.event, params);
  }

  /** True if the event reaches a listener on this node. */
  get isSubscribed(): boolean {
    return this.endpoints().some(({ local }) => local);
  }

  /** Returns the ids of the other nodes that listen to the event. */
  listeningNodes(): string[] {
    return this.endpoints().flatMap(({ local, id }) => (local ? [] : [id]));
  }

  /** True while there are nodes of which only the address is known. Only TCP has such nodes. */
  get isDiscovering(): boolean {
    return hasUnknownNodes(this.broker);
  }

  /** Asks each of these nodes for the services of all nodes that it knows. */
  discover(): void {
    askForNodes(this.broker);
  }

  /**
   * Listens to changes of the registry.
   *
   * @returns a function that ends it
   */
  follow(listener: NodeListener, log: ClusterLog): () => void {
    const { localBus } = this.broker;
    const handlers: Record<string, (payload: unknown) => void> = {
      '$services.changed': () => listener.changed(),
      '$node.connected': () => listener.changed(),
      '$node.disconnected': (payload) => listener.disconnected((payload as { node: { id: string } }).node.id),
      '$transporter.connected': () => listener.connected(),
    };
    const safe = Object.entries(handlers).map(([event, handle]) => {
      // Moleculer calls these in the middle of its own work.
      const handler = (payload: unknown): void => {
        try {
          handle(payload);
        } catch (error) {
          log.error(error);
        }
      };
      return [event, handler] as const;
    });
    for (const [event, handler] of safe) localBus.on(event, handler);
    return () => {
      for (const [event, handler] of safe) localBus.off(event, handler);
    };
  }

  private endpoints(): readonly EventListener[] {
    return eventListeners(this.broker, this.event);
  }
}
