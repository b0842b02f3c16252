// Written by `npx moleculer-socket-gateway types`. Change the gateways, not this file.
/* eslint-disable */

/** Namespace: `/orders`. */
export interface Order {
  /** The events that clients send, for `Socket` of socket.io-client. */
  toServer: {
    call: (...args: [action: 'orders.list' | 'orders.place', params?: unknown] | [action: 'orders.list' | 'orders.place', ack: AckOf<unknown>] | [action: 'orders.list' | 'orders.place', params: unknown, ack: AckOf<unknown>]) => void;
  };
  /** The events that clients receive. */
  toClient: {
    /** All pages of the one who ordered hear of it, whichever node they are connected to. */
    'order.updated': (payload: ShownOrder) => void;
  };
  /** The events with their results. */
  calls: {
    call: (action: 'orders.list' | 'orders.place', params?: unknown) => unknown;
  };
  /** What clients send to log in. */
  auth: { user?: unknown };
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

/** What a page is shown of an order, and nothing else. */
export interface ShownOrder {
  id: number;
  item: string;
  status: string;
}
