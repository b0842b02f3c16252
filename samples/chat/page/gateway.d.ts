// Written by `npx moleculer-socket-gateway types`. Change the gateways, not this file.
/* eslint-disable */

/** Namespace: `/chat`. */
export interface Chat {
  /** The events that clients send, for `Socket` of socket.io-client. */
  toServer: {
    /** Takes a seat in a room, and leaves the one before. */
    join: (...args: [payload: Seat] | [payload: Seat, ack: AckOf<{ id: string; name: string; room: string; messages: ChatMessage[] }>]) => void;
    /** Writes to everybody in the room. A message with a known id is written once. */
    message: (...args: [payload: NewMessage] | [payload: NewMessage, ack: AckOf<ChatMessage>]) => void;
    typing: (...args: [] | [ack: AckOf<null>]) => void;
    leave: (...args: [] | [ack: AckOf<null>]) => void;
  };
  /** The events that clients receive. */
  toClient: {
    presence: (change: PresenceMessageOf) => void;
    message: (message: ChatMessage) => void;
    typing: (person: Person) => void;
  };
  /** The events with their results. */
  calls: {
    /** Takes a seat in a room, and leaves the one before. */
    join: (payload: Seat) => { id: string; name: string; room: string; messages: ChatMessage[] };
    /** Writes to everybody in the room. A message with a known id is written once. */
    message: (payload: NewMessage) => ChatMessage;
    typing: () => null;
    leave: () => null;
  };
  /** What clients send to log in. */
  auth: object;
}

/** An error as the gateway sends it. */
export interface WireError {
  name: string;
  message: string;
  /** As in HTTP: 401, 403, 404, 422, 429, 5xx. */
  code: number | string;
  /** What went wrong, for programs: `EVENT_NOT_FOUND`. */
  type?: string | null;
  /** More about it: of a 422, the list of what is not valid. */
  data?: unknown;
}

/** An ack: it is called with an error, or with null and the result. */
type AckOf<Result> = (error: WireError | null, result: Result) => void;

/** Who wants to sit where. */
export interface Seat {
  name: string;
  room: string;
  /** A secret of the page. A client that comes back with it is the same person. */
  key?: string;
}

/** What the gateway sends. */
export interface ChatMessage {
  id: string;
  /** The id of the person who wrote it. */
  by: string;
  /** The name of that person. */
  from: string;
  text: string;
  /** When it was written, in milliseconds since 1970. */
  at: number;
}

export interface NewMessage {
  /** Chosen by the page: a message that is sent again because its answer got lost keeps its id. */
  id: string;
  text: string;
}

/** The event `presence` for clients: the users of a room when they enter it, then changes. */
export type PresenceMessageOf = {
  room: string;
  /** Users whose first device entered. */
  joins: readonly PresentUserOfAndUnknown[];
  /** Users whose last device is gone, as they were. */
  leaves: readonly PresentUserOfAndUnknown[];
  /** Users with another device, or other info or meta than before. */
  updates: readonly PresentUserOfAndUnknown[];
} | { room: string; state: readonly PresentUserOfAndUnknown[] };

/** A user in a room, once, however many devices the user has. It is frozen, and holds what JSON can hold. */
export interface PresentUserOfAndUnknown {
  id: number | string;
  /** The value that the option `of` returned for the latest device, without `id`. */
  info: { name: string };
  /** The devices, in the order in which they entered the room. */
  devices: readonly PresentDeviceOfUnknown[];
}

/** A connected device of a user. */
export interface PresentDeviceOfUnknown {
  socketId: string;
  /** The value that `ctx.presence.update` has set; absent if it was not called. */
  meta?: unknown;
  /** When the device entered the room, in milliseconds since the epoch. */
  since: number;
}

/** Somebody with a seat, on any number of pages. Two people may have one name. */
export interface Person {
  id: string;
  name: string;
}
