import type { EventPlan } from '../../plan/plan';

/** The streams of an event, as a contract says it. */
export interface ContractStreams {
  /** Whether clients send a stream with the event: see docs/wire.md. */
  readonly upload: 'none' | 'optional' | 'required';
  /** Bytes of an upload at most. Absent: any number. */
  readonly maxBytes?: number;
  /** Milliseconds between two chunks, in both directions. */
  readonly idle?: number;
  /** The answer is a stream. Absent: it may be one. */
  readonly download?: true;
}

/** Returns undefined for an event that takes no stream, and of which nothing says that it gives one. */
export function streamsOf(target: EventPlan['target']): ContractStreams | undefined {
  if (target.kind === 'function' || !target.streams) return undefined;
  const { upload, maxBytes, idle } = target.streams;
  const gives = target.kind === 'handler' && target.generates;
  if (upload === 'none' && !gives) return undefined;
  return {
    upload,
    ...(upload !== 'none' && Number.isFinite(maxBytes) && { maxBytes }),
    ...(Number.isFinite(idle) && { idle }),
    ...(gives && { download: true }),
  };
}
