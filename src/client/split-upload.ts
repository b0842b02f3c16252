import { isSource, type UploadSource } from './chunks';
import type { UploadOptions } from './upload';

/** The parts of what is given to `upload` after the event. */
export interface UploadParts {
  readonly args: readonly unknown[];
  readonly source: UploadSource;
  readonly options: UploadOptions;
}

/**
 * Splits what is given to `upload`: the arguments of the event, what is uploaded, and options.
 *
 * @throws TypeError if nothing of it can be uploaded
 */
export function splitUpload(event: string, given: readonly unknown[]): UploadParts {
  const args = [...given];
  const last = args.pop();
  const options = isSource(last) ? {} : ((last ?? {}) as UploadOptions);
  const source = isSource(last) ? last : args.pop();
  if (!isSource(source))
    throw new TypeError(`upload('${event}', …) needs a File, a Blob, bytes or a stream before its options.`);
  return { args, source, options };
}
