/** What nodes tell each other of their devices. */
export const TOPICS = {
  /** `[instance, since, text]`: changes of the devices of the sender. */
  changes: 'presence',
  /** `[instance, version, part, text, total]`: a part of all devices of the sender. */
  state: 'presence-state',
  /** `[instance]`: all devices of the receiver are wanted. */
  want: 'presence-want',
  /**
   * `[instance, version]`: asks which version the receiver has of the devices of the sender. The answer is that version, and the
   * instance and version of the receiver.
   */
  check: 'presence-check',
} as const;

/** The parts of a state. */
export const FIRST = 0;
export const MORE = 1;
export const LAST = 2;
