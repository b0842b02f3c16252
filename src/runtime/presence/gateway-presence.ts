import { pathOf } from '../../plan/paths';
import type { PresencePlan } from '../../plan/plan';
import type { PresentUser } from '../../types';
import type { Gateway, Presence, SocketSession } from '../model';
import { coordinatorOf } from './coordinator';
import type { Device } from './device';
import { LocalSockets } from './local-sockets';
import { NodeCopies } from './node-copies';
import type { NodeLink } from './node-link';
import { OwnDevices } from './own-devices';
import { PresenceClients } from './presence-clients';
import { PresenceListeners } from './presence-listeners';
import type { PresenceRoom } from './presence-room';
import { PresenceSync } from './presence-sync';
import { PresenceTable } from './presence-table';
import { PresencePublisher } from './publish-presence';

/** The users of the rooms of a gateway, on this node and those that it is linked to. */
export class NodePresence implements Presence {
  private readonly table: PresenceTable;
  private readonly own: OwnDevices;
  private readonly copies: NodeCopies;
  private readonly sockets: LocalSockets;
  private readonly clients: PresenceClients | undefined;
  private readonly publisher: PresencePublisher;
  private readonly usersOfPaths = new Map<string, number>();
  private link: NodeLink | undefined;
  private sync: PresenceSync | undefined;

  constructor(
    private readonly gateway: Gateway,
    plan: PresencePlan,
  ) {
    const { broker, report, namespaces } = gateway;
    this.table = new PresenceTable(
      ({ replica, device }, room) => {
        if (replica === this.own.replica) this.own.leave(device.socketId, room);
        else this.copies.leaveRoom(replica, device, room);
      },
      () => {
        this.publisher.schedule();
      },
    );
    this.own = new OwnDevices(broker.nodeID, this.table, plan.grace);
    this.copies = new NodeCopies(this.table, plan.grace);
    this.sockets = new LocalSockets(gateway, this.own, this.table, (socketId) => this.findAway(socketId));
    this.clients = plan.notify ? new PresenceClients((name) => namespaces.get(name), report) : undefined;
    this.publisher = new PresencePublisher({
      table: this.table,
      listeners: new PresenceListeners(gateway, plan.listeners),
      clients: this.clients,
      report,
      sendChanges: async () => {
        if (this.sync) await this.sync.sendChanges();
        else this.own.takeChanges();
      },
      mustWait: () => this.sync?.isMeeting === true,
      actsFor: (room) => this.actsFor(room),
      count: () => {
        this.countUsers();
      },
    });
  }

  get isPending(): boolean {
    return this.publisher.isPending || this.table.hasChanges || this.copies.isRefreshing;
  }

  /** Exchanges devices with the other nodes of the gateway. */
  connectTo(link: NodeLink): void {
    this.link = link;
    this.sync = new PresenceSync(link, this.own, this.copies, this.table, () => {
      this.publisher.schedule();
    });
  }

  close(): void {
    this.publisher.close();
    this.clients?.close();
    this.sync?.sendAllChanges();
    this.sync?.close();
    this.own.close();
    this.copies.close();
  }

  connect(session: SocketSession): void {
    this.sockets.connect(session);
  }

  disconnect(session: SocketSession, isFinal: boolean): void {
    this.sockets.disconnect(session, isFinal);
  }

  refresh(session: SocketSession): void {
    this.sockets.refresh(session);
  }

  update(session: SocketSession, meta: unknown): void {
    this.sockets.update(session, meta);
  }

  list(namespace: string | undefined, room: string | undefined): PresentUser[] {
    return this.table.list(namespace, room);
  }

  private findAway(socketId: string): Device | undefined {
    const own = this.own.get(socketId);
    if (own) return own;
    for (const { devices } of this.copies) {
      const device = devices.get(socketId);
      if (device) return device;
    }
    return undefined;
  }

  private actsFor({ namespace, name }: PresenceRoom): boolean {
    const { nodeID } = this.gateway.broker;
    return coordinatorOf([nodeID, ...(this.link?.peers ?? [])], namespace, name) === nodeID;
  }

  private countUsers(): void {
    const { metrics, plan } = this.gateway;
    const changes = this.table.counts.takeChanges();
    if (!metrics) return;
    for (const [namespace, difference] of changes) {
      const path = pathOf(plan, namespace);
      const users = (this.usersOfPaths.get(path) ?? 0) + difference;
      this.usersOfPaths.set(path, users);
      metrics.present(path, users);
    }
  }
}
