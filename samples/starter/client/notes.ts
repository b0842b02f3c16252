// Written by `npx moleculer-socket-gateway types`. Change the gateways, not this file.
/* eslint-disable */

/**
 * Notes that everybody who is logged in sees at once.
 *
 * Namespace: `/notes`.
 */
export interface Notes {
  /** The events that clients send, for `Socket` of socket.io-client. */
  toServer: {
    /** Writes a note to everybody. */
    write: (...args: [payload: NewNote] | [payload: NewNote, ack: AckOf<Note>]) => void;
  };
  /** The events that clients receive. */
  toClient: {
    note: (note: Note) => void;
  };
  /** The events with their results. */
  calls: {
    /** Writes a note to everybody. */
    write: (payload: NewNote) => Note;
  };
  /** What clients send to log in. */
  auth: { name?: unknown };
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

/** What a client sends. */
export interface NewNote {
  text: string;
}

/** What clients are sent. */
export interface Note {
  from: string;
  /** When it was written, in milliseconds since 1970. */
  at: number;
  text: string;
}
