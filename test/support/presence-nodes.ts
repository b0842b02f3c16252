import type { Socket as ServerSocket } from 'socket.io';
import {
  Authenticate,
  OnPresence,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type PresenceDiff,
  type PresenceOptions,
  type PresentUser,
  type ServerSettings,
  type SocketContext,
} from '../../src';
import { PresenceView } from './presence-view';
import {
  connected,
  newBroker,
  newClient,
  portOf,
  serviceOf,
  type Client,
  type Options,
  type RunningGateway,
} from './run-gateway';

/*
 * Nodes with a gateway that has presence, in one process.
 */

/** What methods of a node were told. */
export interface Told {
  readonly node: string;
  readonly method: 'each' | 'once';
  readonly diff: PresenceDiff;
  readonly room: string;
}

export interface HallOptions {
  readonly presence?: PresenceOptions;
  readonly io?: ServerSettings['io'];
  readonly broker?: Options;
}

let clusters = 0;

/** Nodes that see each other. */
export class Halls {
  readonly nodes: Hall[] = [];
  readonly told: Told[] = [];
  private readonly namespace = `halls-${++clusters}`;
  private readonly checks = new Set<() => void>();

  constructor(private readonly options: HallOptions = {}) {}

  async start(nodeID: string, options: HallOptions = this.options): Promise<Hall> {
    const broker = newBroker(this.gateway(nodeID, options), {
      nodeID,
      namespace: this.namespace,
      transporter: 'Fake',
      ...options.broker,
    });
    await broker.start();
    const hall = new Hall(serviceOf(broker, 'hall'));
    this.nodes.push(hall);
    return hall;
  }

  async startAll(...nodeIDs: string[]): Promise<Hall[]> {
    const halls: Hall[] = [];
    for (const nodeID of nodeIDs) halls.push(await this.start(nodeID));
    return halls;
  }

  /** Resolves when something holds that changes with what methods are told. */
  until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!holds()) return;
        this.checks.delete(check);
        resolve();
      };
      this.checks.add(check);
      check();
    });
  }

  private gateway(node: string, { presence = {}, io }: HallOptions) {
    const record = (entry: Omit<Told, 'node'>): void => {
      this.told.push({ node, ...entry });
      for (const check of [...this.checks]) check();
    };
    @SocketNamespace('/x', { name: 'hall', settings: { port: 0, ...(io && { io }) }, presence })
    class HallGateway extends SocketGateway {
      @Authenticate()
      authenticate(socket: ServerSocket): unknown {
        const { user } = socket.handshake.auth;
        return user === undefined ? undefined : { id: user as number };
      }
      @SocketEvent()
      enter(ctx: SocketContext<string>) {
        return ctx.socket.join(ctx.params);
      }
      @SocketEvent()
      leave(ctx: SocketContext<string>) {
        return ctx.socket.leave(ctx.params);
      }
      @SocketEvent()
      update(ctx: SocketContext) {
        ctx.presence.update(ctx.params);
      }
      @SocketEvent()
      who(ctx: SocketContext) {
        return ctx.meta.user;
      }
      @OnPresence()
      each(diff: PresenceDiff, room: string) {
        record({ method: 'each', diff, room });
      }
      @OnPresence(undefined, { once: true })
      once(diff: PresenceDiff, room: string) {
        record({ method: 'once', diff, room });
      }
    }
    return HallGateway;
  }
}

/** A client that collects what it is told. */
export interface Member {
  readonly client: Client;
  readonly view: PresenceView;
}

/** A node. */
export class Hall {
  constructor(readonly gateway: RunningGateway) {}

  get id(): string {
    return this.gateway.broker.nodeID;
  }

  get url(): string {
    return `http://localhost:${portOf(this.gateway)}`;
  }

  list(room = ''): PresentUser[] {
    return (this.gateway as unknown as SocketGateway).presence.list({ room });
  }

  ids(room = ''): (string | number)[] {
    return this.list(room)
      .map(({ id }) => id)
      .sort();
  }

  async enter(user?: string | number): Promise<Member> {
    const client = newClient(this, '/x', { auth: { user } });
    const view = new PresenceView(client);
    await connected(client);
    return { client, view };
  }

  /** Breaks the connection of a client, and waits until the node knows. */
  async cut({ client }: Member): Promise<void> {
    const socket = this.gateway.namespaces.get('/x')?.sockets.get(client.id!);
    const gone = new Promise((resolve) => socket?.once('disconnect', resolve));
    client.io.engine.close();
    await gone;
  }

  stop(): Promise<void> {
    return this.gateway.broker.stop();
  }
}
