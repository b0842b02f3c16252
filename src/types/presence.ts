import type { Socket } from 'socket.io';

/**
 * What a gateway shows of its users: `info` is what the option `of` returns beside the `id`, `meta` what `update` sets for a device.
 *
 * @example
 * class ChatGateway extends SocketGateway<ToClient, Account, { info: { name: string }; meta: { isTyping: boolean } }> {}
 */
export interface PresenceTypes {
  info?: object;
  meta?: unknown;
}

/** A connected device of a user. */
export interface PresentDevice<Meta = unknown> {
  readonly socketId: string;
  /** The value that `ctx.presence.update` has set; absent if it was not called. */
  readonly meta?: Meta;
  /** When the device entered the room, in milliseconds since the epoch. */
  readonly since: number;
}

/** A user in a room, once, however many devices the user has. It is frozen, and holds what JSON can hold. */
export interface PresentUser<Info = object, Meta = unknown> {
  readonly id: string | number;
  /** The value that the option `of` returned for the latest device, without `id`. */
  readonly info: Readonly<Info>;
  /** The devices, in the order in which they entered the room. */
  readonly devices: readonly PresentDevice<Meta>[];
}

/** The changes in a room. */
export interface PresenceDiff<Info = object, Meta = unknown> {
  /** Users whose first device entered. */
  readonly joins: readonly PresentUser<Info, Meta>[];
  /** Users whose last device is gone, as they were. */
  readonly leaves: readonly PresentUser<Info, Meta>[];
  /** Users with another device, or other info or meta than before. */
  readonly updates: readonly PresentUser<Info, Meta>[];
}

/** The event `presence` for clients: the users of a room when they enter it, then changes. */
export type PresenceMessage<Info = object, Meta = unknown> = { readonly room: string } & (
  | { readonly state: readonly PresentUser<Info, Meta>[] }
  | PresenceDiff<Info, Meta>
);

/** Which users are meant. */
export interface PresenceQuery {
  /** The name of a namespace. Default: all namespaces of the gateway. */
  namespace?: string;
  /** The name of a room; `''` is the namespace itself. Default: all rooms that are shown. */
  room?: string;
}

/** The users of a gateway on all nodes, as `this.presence`. */
export interface GatewayPresence<Types extends PresenceTypes = PresenceTypes> {
  /**
   * Returns the users in a room, each once, in the order in which they came. It is read from memory.
   *
   * @example
   * this.presence.list({ room: 'room:tea' }).map(({ info }) => info.name);
   */
  list(query?: PresenceQuery): PresentUser<InfoOf<Types>, Types['meta']>[];
}

/** The users in the namespace of a socket, as `ctx.presence`. */
export interface ContextPresence<Types extends PresenceTypes = PresenceTypes> {
  /**
   * Returns the users in a room, each once, in the order in which they came. It is read from memory.
   *
   * @param room `''` is the namespace itself. Default: all rooms that are shown
   */
  list(room?: string): PresentUser<InfoOf<Types>, Types['meta']>[];
  /**
   * Sets the meta of this device, which others get as an update, and asks the option `of` again.
   *
   * @param meta any value that JSON can hold; undefined for none
   * @throws TypeError if JSON cannot hold it
   */
  update(meta: Types['meta']): void;
}

type InfoOf<Types extends PresenceTypes> = Types['info'] extends object ? Types['info'] : object;

/** Patterns for names of rooms: `*` stands for any characters. */
export type RoomPatterns = string | RegExp | readonly (string | RegExp)[];

/** A user as other clients see it: an id, and further members. */
export type ShownUser = { readonly id: string | number };

/** The option `presence` of `@SocketNamespace`. */
export interface PresenceOptions {
  /**
   * Returns how the user of a socket is shown to others, or undefined to hide it. It is asked when a socket connects, logs in or out,
   * enters a room before it is shown, and at `update`. What JSON cannot hold is lost. Default: `(user) => ({ id: user.id })`.
   */
  of?: { bivariant(user: never, socket: Socket): ShownUser | null | undefined }['bivariant'];
  /** The rooms whose users are shown. The empty string is the namespace itself. Default: `''`. */
  rooms?: RoomPatterns;
  /** Time for which a user stays listed after its last device was cut off. Default: 5_000 (ms). */
  grace?: number;
  /** Whether clients in a room get the event `presence`. Default: true. */
  notify?: boolean;
}

/** Options of `@OnPresence`. */
export interface OnPresenceOptions {
  /** True to call the method on one node for each change, in place of every node. Default: false. */
  once?: boolean;
}
