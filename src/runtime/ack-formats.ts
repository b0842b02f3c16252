import type { AckFunction, AckFormat, WireError } from '../types';

/** How answers are written. */
export interface AckWriter {
  succeed(ack: AckFunction, result: unknown): void;
  fail(ack: AckFunction, error: WireError): void;
}

/** The formats of an ack: chosen once, when the gateway is compiled. */
export const ACK_FORMATS: Readonly<Record<AckFormat, AckWriter>> = {
  'error-first': {
    succeed: (ack, result) => {
      ack(null, result);
    },
    fail: (ack, error) => {
      ack(error);
    },
  },
  object: {
    succeed: (ack, data) => {
      ack({ ok: true, data });
    },
    fail: (ack, error) => {
      ack({ ok: false, error });
    },
  },
};
