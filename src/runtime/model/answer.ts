import type { AckFunction, WireError } from '../../types';

/** Writes answers in the ack format of the gateway, and reads them. */
export interface AckWriter {
  succeed(ack: AckFunction, result: unknown): void;
  fail(ack: AckFunction, error: WireError): void;
  /** Returns what the arguments of an ack mean. */
  read(answer: readonly unknown[]): Outcome;
}

/** The outcome of a call, as a client may see it. */
export type Outcome =
  | { readonly ok: true; readonly data: unknown }
  | { readonly ok: false; readonly error: unknown };
