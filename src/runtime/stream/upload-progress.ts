import type { ConnectionState } from '../model';
import { ReceivedChunks } from './received-chunks';
import type { UploadTerms } from './upload-terms';

/** How far an upload is. */
export interface UploadProgress {
  /** Undefined before the event accepts the upload. */
  terms: UploadTerms | undefined;
  /** Chunks without an ack. */
  readonly chunks: ReceivedChunks;
  nextSeq: number;
  totalBytes: number;
  /** True if the client has sent everything. */
  isComplete: boolean;
  /** True if the client sends objects. */
  hasObjects: boolean;
}

/** Returns the progress of an upload of which nothing has arrived. */
export function newUploadProgress(connection: ConnectionState): UploadProgress {
  return {
    terms: undefined,
    chunks: new ReceivedChunks(connection),
    nextSeq: 0,
    totalBytes: 0,
    isComplete: false,
    hasObjects: false,
  };
}

/** Returns true if the first chunk or the end of an upload has arrived. */
export function hasBegun({ nextSeq, isComplete }: Readonly<UploadProgress>): boolean {
  return nextSeq > 0 || isComplete;
}
