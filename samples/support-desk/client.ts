// Written by `npx moleculer-socket-gateway types`. Change the gateways, not this file.
/* eslint-disable */

/** Namespace: `/desk/:tenant`. */
export interface Desk {
  /** The events that clients send, for `Socket` of socket.io-client. */
  toServer: {
    'ticket.open': (...args: [ticket: NewTicket] | [ticket: NewTicket, ack: AckOf<Ticket>]) => void;
    'ticket.list': (...args: [params?: unknown] | [ack: AckOf<Ticket[]>] | [params: unknown, ack: AckOf<Ticket[]>]) => void;
    'ticket.enter': (...args: [id: number] | [id: number, ack: AckOf<Ticket>]) => void;
    message: (...args: [payload: NewMessage] | [payload: NewMessage, ack: AckOf<{ ticket: number; from: string; text: string; at: number }>]) => void;
    'ticket.close': (...args: [id: number] | [id: number, ack: AckOf<null>]) => void;
    'file.attach': (...args: [payload: NewFile] | [payload: NewFile, ack: AckOf<{
      ticket: number;
      id: `${string}-${string}-${string}-${string}-${string}`;
      name: string;
      from: string;
    }>]) => void;
    'file.get': (...args: [payload: FileId] | [payload: FileId, ack: AckOf<unknown>]) => void;
    'ticket.people': (...args: [payload: { ticket: number }] | [payload: { ticket: number }, ack: AckOf<object[]>]) => void;
  };
  /** The events that clients receive. */
  toClient: {
    'ticket.opened': (ticket: Ticket) => void;
    message: (message: { ticket: number; from: string; text: string; at: number }) => void;
    file: (file: { ticket: number; id: string; name: string; from: string }) => void;
  };
  /** The events with their results. */
  calls: {
    'ticket.open': (ticket: NewTicket) => Ticket;
    'ticket.list': (params?: unknown) => Ticket[];
    'ticket.enter': (id: number) => Ticket;
    message: (payload: NewMessage) => { ticket: number; from: string; text: string; at: number };
    'ticket.close': (id: number) => null;
    'ticket.people': (payload: { ticket: number }) => object[];
  };
  /** The events that are answered with a stream, and what it brings. */
  streams: {
    'file.get': (payload: FileId) => unknown;
  };
  /** The events that take an upload, and their results. */
  uploads: {
    'file.attach': (payload: NewFile) => {
      ticket: number;
      id: `${string}-${string}-${string}-${string}-${string}`;
      name: string;
      from: string;
    };
  };
  /** What clients send to log in. */
  auth: { token?: unknown };
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

export interface NewTicket {
  subject: string;
}

export interface Ticket {
  id: number;
  tenant: string;
  customer: string;
  subject: string;
  open: boolean;
}

export interface NewMessage {
  ticket: number;
  text: string;
}

export interface NewFile {
  ticket: number;
  name: string;
  size: number;
}

export interface FileId {
  id: string;
}
