/** The folder in which a command runs, and the streams that it writes to. */
export interface Terminal {
  /** The folder that paths are relative to. */
  readonly folder: string;
  /** Writes a line about what was done. */
  readonly say: (line: string) => void;
  /** Writes a line about what is wrong. */
  readonly complain: (line: string) => void;
  /** Ends a command that watches. */
  readonly signal: AbortSignal;
}

/** Raised for what is wrong with a command line, or with what it names. The message is for the person who typed it. */
export class CommandError extends Error {
  /** @param exitCode 2 for a command line that cannot be understood. Default: 1 */
  constructor(
    message: string,
    readonly exitCode = 1,
  ) {
    super(message);
  }
}
