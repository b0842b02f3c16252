/** The limits of an upload. Times in milliseconds; Infinity for no limit. */
export interface UploadTerms {
  readonly maxBytes: number;
  /** Clients may send objects. */
  readonly objects: boolean;
  /** Until the first chunk, and from the end of the upload to the answer. */
  readonly timeout: number;
  /** Between two chunks. */
  readonly idle: number;
  /** Returns the error of an event that is not answered within `timeout` after the end of its upload. */
  readonly lateAnswer: () => Error;
}
