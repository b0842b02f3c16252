// Written by `npx moleculer-socket-gateway types`. Change the gateways, not this file.
/* eslint-disable */

/** Namespace: `/studio`. */
export interface Studio {
  /** The events that clients send, for `Socket` of socket.io-client. */
  toServer: {
    /** Saves a picture, and shows it to everybody. */
    upload: (...args: [payload: NewPicture] | [payload: NewPicture, ack: AckOf<Picture>]) => void;
    /** Returns all pictures, the newest first. */
    pictures: (...args: [] | [ack: AckOf<Picture[]>]) => void;
    /** Returns sales, as many as are asked for, no faster than they are read. */
    export: (...args: [payload: ExportRequest] | [payload: ExportRequest, ack: AckOf<unknown>]) => void;
    /** Answers a question word by word, until the client has read enough. */
    ask: (...args: [payload: Question] | [payload: Question, ack: AckOf<unknown>]) => void;
  };
  /** The events that clients receive. */
  toClient: {
    /** A picture has been uploaded. */
    picture: (picture: Picture) => void;
  };
  /** The events with their results. */
  calls: {
    /** Returns all pictures, the newest first. */
    pictures: () => Picture[];
  };
  /** The events that are answered with a stream, and what it brings. */
  streams: {
    /** Returns sales, as many as are asked for, no faster than they are read. */
    export: (payload: ExportRequest) => Sale;
    /** Answers a question word by word, until the client has read enough. */
    ask: (payload: Question) => string;
  };
  /** The events that take an upload, and their results. */
  uploads: {
    /** Saves a picture, and shows it to everybody. */
    upload: (payload: NewPicture) => Picture;
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

/** A picture that somebody uploads. */
export interface NewPicture {
  /** The name of its file. */
  name: string;
}

/** A picture that is there. */
export interface Picture {
  id: number;
  name: string;
  bytes: number;
  /** Where it can be looked at. */
  url: string;
}

export interface ExportRequest {
  rows: number;
}

/** A row of the export. */
export interface Sale {
  id: number;
  city: string;
  /** In cents. */
  amount: number;
}

export interface Question {
  text: string;
}
