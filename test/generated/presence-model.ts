import { EventEmitter } from 'node:events';
import { expect } from 'chai';
import { NodePresence } from '../../src/runtime/presence/gateway-presence';
import type { Gateway, SocketSession } from '../../src/runtime/model';
import type { PresenceDiff, PresentUser } from '../../src';
import { PresenceView } from '../support/presence-view';
import { FakeNetwork, type FakeLink } from './presence-network';

export const GRACE_MS = 1000;
/** Time after which everything that was sent has arrived, and was told. */
export const SETTLE_MS = 300;
/** Time after which every change has been sent and has arrived, if nothing else goes on. */
export const SEND_MS = 50;
export const ROOMS = ['', 'a', 'b'] as const;
export const NODES = ['n1', 'n2', 'n3'] as const;

/** A socket, as presence sees it. */
export class FakeSocket {
  readonly rooms = new Set<string>();
  readonly client = new EventEmitter();
  readonly view = new PresenceView(this.client);
  readonly data: { user: { id: number } | undefined };

  constructor(
    readonly id: string,
    readonly nsp: FakeNamespace,
    user: number,
    readonly recovered: boolean,
  ) {
    this.data = { user: { id: user } };
  }

  get session(): SocketSession {
    return { socket: this } as object as SocketSession;
  }
}

class FakeNamespace {
  readonly name = '/x';
  readonly server = { opts: {} };
  readonly adapter = new EventEmitter();
  readonly sockets = new Map<string, FakeSocket>();
  readonly local = {
    to: (ids: readonly string[]) => ({
      emit: (event: string, payload: unknown) => {
        const received: unknown = JSON.parse(JSON.stringify(payload));
        for (const id of ids) this.sockets.get(id)?.client.emit(event, received);
      },
    }),
  };
}

export class ModelNode {
  readonly namespace = new FakeNamespace();
  readonly presence: NodePresence;
  readonly failures: unknown[] = [];
  /** What methods were told, applied: it must be what is listed. */
  readonly heard = new Map<string, Map<string | number, PresentUser>>();

  constructor(
    readonly id: string,
    readonly link: FakeLink,
    notify = true,
  ) {
    const presence = {
      of: undefined,
      shows: (room: string) => (ROOMS as readonly string[]).includes(room),
      grace: GRACE_MS,
      notify,
      listeners: [
        {
          method: { name: 'hear', call: (...args: [PresenceDiff, string]) => this.hear(...args) },
          matches: () => true,
          once: false,
        },
      ],
    };
    const gateway = {
      plan: { className: 'Model', paths: [], presence },
      service: {},
      broker: { nodeID: id },
      report: (what: string, error: unknown) => this.failures.push([what, error]),
      namespaces: new Map([['/x', this.namespace]]),
      metrics: undefined,
    };
    this.presence = new NodePresence(gateway as object as Gateway, presence);
    this.presence.connectTo(link);
  }

  private hear({ joins, leaves, updates }: PresenceDiff, room: string): void {
    const users = this.heard.get(room) ?? new Map<string | number, PresentUser>();
    this.heard.set(room, users);
    for (const user of joins) {
      if (users.has(user.id)) this.failures.push(`${user.id} joins ${room} twice`);
      users.set(user.id, user);
    }
    for (const user of updates) {
      if (!users.has(user.id)) this.failures.push(`${user.id} is updated in ${room} and not there`);
      users.set(user.id, user);
    }
    for (const { id } of leaves)
      if (!users.delete(id)) this.failures.push(`${id} leaves ${room} and is not there`);
  }
}

/** A device, as the reference knows it. */
interface ModelDevice {
  id: string;
  user: number;
  node: string;
  readonly rooms: Set<string>;
  /** The rooms in which it may be shown after it was cut off. */
  mayBeIn: Set<string>;
  /** Undefined while it is connected. */
  cutAt: number | undefined;
  /** Until when it may be shown, for certain not after it. */
  lastShown: number;
  hasReturned: boolean;
}

/** Nodes with presence, and what they must show. */
export class PresenceModel {
  readonly network = new FakeNetwork();
  readonly nodes = new Map<string, ModelNode>();
  private readonly devices: ModelDevice[] = [];
  private readonly away: ModelDevice[] = [];
  /** When a device of each user has come last. */
  private readonly arrivals = new Map<number, number>();
  private sockets = 0;
  /** When a device changed last. */
  private changedAt = 0;
  /** When what nodes that have ended left behind is gone. */
  private leftUntil = 0;
  /** From when on all nodes must agree. */
  private agreeFrom = 0;

  constructor() {
    for (const node of NODES) this.startNode(node);
  }

  private get connected(): ModelDevice[] {
    return this.devices;
  }

  connect(node: string, user: number, rooms: readonly string[]): void {
    if (!this.nodes.has(node)) return;
    const id = `socket${++this.sockets}`;
    this.enterNode(
      {
        id,
        user,
        node,
        rooms: new Set(['', ...rooms]),
        cutAt: undefined,
        lastShown: 0,
        hasReturned: false,
        mayBeIn: new Set(),
      },
      false,
    );
  }

  enterRoom(index: number, room: string): void {
    const device = pick(this.connected, index);
    if (!device || device.rooms.has(room)) return;
    device.rooms.add(room);
    this.socketOf(device).rooms.add(room);
    this.adapterOf(device).emit('join-room', room, device.id);
    this.returned(device, [room]);
  }

  leaveRoom(index: number, room: string): void {
    const device = pick(this.connected, index);
    if (!device || room === '' || !device.rooms.delete(room)) return;
    this.socketOf(device).rooms.delete(room);
    this.adapterOf(device).emit('leave-room', room, device.id);
  }

  disconnect(index: number): void {
    const device = pick(this.connected, index);
    if (!device) return;
    this.nodes.get(device.node)!.presence.disconnect(this.socketOf(device).session, true);
    this.drop(device);
  }

  cut(index: number): void {
    const device = pick(this.connected, index);
    if (!device) return;
    this.nodes.get(device.node)!.presence.disconnect(this.socketOf(device).session, false);
    this.drop(device);
    this.away.push({
      ...device,
      mayBeIn: new Set(device.rooms),
      cutAt: Date.now(),
      lastShown: Date.now() + GRACE_MS,
    });
  }

  /** A client that was cut off comes back to a node. */
  comeBack(index: number, node: string, recovered: boolean): void {
    const device = pick(
      this.away.filter(({ hasReturned }) => !hasReturned),
      index,
    );
    if (!device || !this.nodes.has(node)) return;
    device.hasReturned = true;
    const id = recovered ? device.id : `socket${++this.sockets}`;
    const rooms = new Set(['', ...device.rooms]);
    this.enterNode({ ...device, id, node, rooms, cutAt: undefined, hasReturned: false }, recovered);
  }

  login(index: number, user: number): void {
    const device = pick(this.connected, index);
    if (!device) return;
    device.user = user;
    const socket = this.socketOf(device);
    socket.data.user = { id: user };
    this.nodes.get(device.node)!.presence.refresh(socket.session);
    this.returned(device, [...device.rooms]);
  }

  update(index: number, meta: unknown): void {
    const device = pick(this.connected, index);
    if (device) this.nodes.get(device.node)!.presence.update(this.socketOf(device).session, meta);
  }

  /** A node crashes, or stops. */
  endNode(node: string, isCrash: boolean): void {
    const ended = this.nodes.get(node);
    if (!ended || this.nodes.size === 1) return;
    for (const device of this.connected.filter((one) => one.node === node)) {
      if (!isCrash) ended.presence.disconnect(this.socketOf(device).session, false);
      this.drop(device);
      this.away.push({
        ...device,
        mayBeIn: new Set(device.rooms),
        cutAt: Date.now(),
        lastShown: Date.now() + 2 * GRACE_MS,
      });
    }
    // Some of the others may know a change that is lost to the rest.
    if (Date.now() - this.changedAt < SEND_MS || !this.network.isWhole)
      this.agreeFrom = Date.now() + GRACE_MS + SETTLE_MS;
    // The others keep what the node kept, from now on.
    for (const device of this.away)
      if (device.node === node) device.lastShown = Math.max(device.lastShown, Date.now() + GRACE_MS);
    this.leftUntil = Date.now() + GRACE_MS + SETTLE_MS;
    if (!isCrash) ended.presence.close();
    this.network.end(node);
    if (isCrash) ended.presence.close();
    this.nodes.delete(node);
  }

  startNode(node: string): void {
    if (this.nodes.has(node)) return;
    // A new node does not know what the others keep of one that has ended.
    this.agreeFrom = Math.max(this.agreeFrom, this.leftUntil, Date.now() + SETTLE_MS);
    this.changedAt = Date.now();
    this.nodes.set(node, new ModelNode(node, this.network.start(node)));
  }

  split(one: string, other: string): void {
    if (one !== other) this.network.split(one, other);
  }

  silence(one: string, other: string): void {
    if (one !== other) this.network.silence(one, other);
  }

  heal(): void {
    if (!this.network.isWhole) this.agreeFrom = Math.max(this.agreeFrom, Date.now() + SETTLE_MS);
    this.network.heal();
    this.changedAt = Date.now();
    // Devices of nodes that were apart may have been taken for gone.
    for (const device of this.away) device.lastShown = Math.max(device.lastShown, Date.now() + 2 * GRACE_MS);
  }

  /** True if all nodes have reached each other for long enough to agree. */
  get isSettled(): boolean {
    return this.network.isWhole && Date.now() >= this.agreeFrom;
  }

  /** True if the grace of a device has just ended, which some nodes may not know yet. */
  get isExpiring(): boolean {
    const now = Date.now();
    return this.away.some(({ cutAt = 0 }) => cutAt + GRACE_MS <= now && now < cutAt + GRACE_MS + SEND_MS);
  }

  /** Checks what all nodes show and tell, when everything that was sent has arrived. */
  check(): void {
    const now = Date.now();
    const [first, ...others] = [...this.nodes.values()];
    for (const node of this.nodes.values()) expect(node.failures, node.id).to.deep.equal([]);
    for (const room of ROOMS) {
      const listed = first!.presence.list('/x', room);
      for (const other of others)
        expect(other.presence.list('/x', room), `${room} on ${other.id}`).to.deep.equal(listed);
      const shown = new Set(listed.map(({ id }) => id));
      const live = this.connected.filter(({ rooms }) => rooms.has(room));
      for (const { user } of live) expect(shown, `users of '${room}'`).to.include(user);
      for (const { id, devices } of listed) {
        const own = live.filter(({ user }) => user === id).map((device) => device.id);
        const ids = devices.map(({ socketId }) => socketId).sort();
        if (own.length > 0) expect(ids, `devices of ${id} in '${room}'`).to.deep.equal(own.sort());
        else {
          const kept = this.away.filter(
            (device) => device.user === id && device.mayBeIn.has(room) && device.lastShown + SETTLE_MS > now,
          );
          expect(kept.length, `${id} in '${room}' was cut off not long ago`).to.be.above(0);
        }
      }
      for (const { presence, heard, namespace, id } of this.nodes.values()) {
        const here = presence.list('/x', room);
        expect([...(heard.get(room)?.values() ?? [])], `told on ${id}`).to.have.deep.members(here);
        for (const { view, rooms, id: socket } of namespace.sockets.values())
          if (rooms.has(room)) expect(view.list(room), `view of ${socket}`).to.have.deep.members(here);
      }
    }
    // A user who was cut off a moment ago, and nobody has come back for, is still there.
    for (const { user, rooms, cutAt = 0 } of this.away) {
      // Another device that came shortly before may look like the return.
      const hadCompany = (this.arrivals.get(user) ?? 0) + SETTLE_MS > cutAt;
      if (hadCompany || now - cutAt > GRACE_MS - SETTLE_MS) continue;
      for (const room of rooms)
        expect(
          first!.presence.list('/x', room).map(({ id }) => id),
          `'${room}' after a cut`,
        ).to.include(user);
    }
  }

  private enterNode(device: ModelDevice, recovered: boolean): void {
    const node = this.nodes.get(device.node)!;
    const socket = new FakeSocket(device.id, node.namespace, device.user, recovered);
    for (const room of device.rooms) if (room !== '') socket.rooms.add(room);
    node.namespace.sockets.set(device.id, socket);
    node.presence.connect(socket.session);
    this.devices.push(device);
    this.returned(device, [...device.rooms]);
  }

  /** A user has come to rooms: devices that were cut off do not count there any more. */
  private returned({ user }: ModelDevice, rooms: readonly string[]): void {
    this.arrivals.set(user, Date.now());
    for (const device of this.away)
      if (device.user === user) {
        for (const room of rooms) {
          device.rooms.delete(room);
          // While nodes are apart, the one that keeps the device may never hear of the return.
          if (this.isSettled) device.mayBeIn.delete(room);
        }
      }
  }

  private drop(device: ModelDevice): void {
    this.devices.splice(this.devices.indexOf(device), 1);
    this.nodes.get(device.node)!.namespace.sockets.delete(device.id);
  }

  private socketOf({ node, id }: ModelDevice): FakeSocket {
    this.changedAt = Date.now();
    return this.nodes.get(node)!.namespace.sockets.get(id)!;
  }

  private adapterOf({ node }: ModelDevice): EventEmitter {
    return this.nodes.get(node)!.namespace.adapter;
  }
}

function pick<T>(list: readonly T[], index: number): T | undefined {
  return list.length === 0 ? undefined : list[index % list.length];
}
