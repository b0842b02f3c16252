/** An argument of an event. */
export interface Argument {
  readonly name: string;
  /** Its type on the wire. */
  readonly type: string;
  readonly isOptional: boolean;
}

/** The way in which an event is answered. */
export type Answer =
  /** `type` is undefined if the answer has no result. */
  | { readonly kind: 'result'; readonly type: string | undefined; readonly mayBeAbsent: boolean }
  /** The handler calls the ack itself. */
  | { readonly kind: 'own' }
  | { readonly kind: 'stream'; readonly chunk: string };

/** The streams of an event. */
export interface StreamsOfEvent {
  /** Whether clients send one with the event. */
  readonly upload: 'none' | 'optional' | 'required';
  /** The event may be answered with one. */
  readonly download: boolean;
}

/** An event that clients send. */
export interface EventDescription {
  readonly name: string;
  /** A doc comment, or an empty text. */
  readonly doc: string;
  /** The lists of arguments that the event takes. Mostly one. */
  readonly variants: readonly (readonly Argument[])[];
  readonly answer: Answer;
  readonly streams: StreamsOfEvent;
}

/** An event that clients receive. */
export interface SentDescription {
  readonly name: string;
  readonly doc: string;
  /** The parameters of a listener, as they are written. */
  readonly parameters: string;
}

/** The events of a gateway, as its clients see them. */
export interface GatewayDescription {
  /** The name of its interface. */
  readonly name: string;
  readonly doc: string;
  readonly ack: 'error-first' | 'object';
  readonly events: readonly EventDescription[];
  /** Undefined if the gateway does not say what it sends. */
  readonly sent: readonly SentDescription[] | undefined;
  /** The event that clients get because of the option `presence`; undefined if there is none, or if `sent` has it. */
  readonly presence: SentDescription | undefined;
  /** The type of `auth`. */
  readonly auth: string;
}
