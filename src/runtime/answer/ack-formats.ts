import type { AckFunction, AckFormat, WireError } from '../../types';

/** How answers are written, and read again. */
export interface AckWriter {
  succeed(ack: AckFunction, result: unknown): void;
  fail(ack: AckFunction, error: WireError): void;
  /** What the arguments of an ack say. */
  read(answer: readonly unknown[]): Outcome;
}

/** How a call ended, as a client may know it. */
export type Outcome =
  { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly error: unknown };

/** The formats of an ack: chosen once, when the gateway is compiled. */
export const ACK_FORMATS: Readonly<Record<AckFormat, AckWriter>> = {
  'error-first': {
    succeed: (ack, result) => {
      ack(null, result);
    },
    fail: (ack, error) => {
      ack(error);
    },
    read: ([error, data]) => (error ? { ok: false, error } : { ok: true, data }),
  },
  object: {
    succeed: (ack, data) => {
      ack({ ok: true, data });
    },
    fail: (ack, error) => {
      ack({ ok: false, error });
    },
    read: ([outcome]) => outcome as Outcome,
  },
};
