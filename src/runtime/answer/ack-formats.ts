import type { AckFormat } from '../../types';
import type { AckWriter, Outcome } from '../model';

/** The formats of acks. A gateway chooses one when it is built. */
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
