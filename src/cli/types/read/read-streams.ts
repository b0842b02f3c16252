import ts from 'typescript';
import type { DecoratedMember } from './class-chain';
import type { Answer, StreamsOfEvent } from './description';
import type { EventOptions } from './event-options';
import { injects } from './read-arguments';
import type { Reading } from './reading';

const NO_STREAMS: StreamsOfEvent = { upload: 'none', download: false };

/** Reads which streams an event takes and gives. */
export function readStreams(
  reading: Reading,
  member: DecoratedMember,
  options: EventOptions,
  answer: Answer,
): StreamsOfEvent {
  if (ts.isPropertyDeclaration(member.newest))
    return options.expression('streams') && !isOff(reading, options)
      ? { upload: 'optional', download: true }
      : NO_STREAMS;
  const download = answer.kind === 'stream';
  if (injects(reading, member, 'MessageStream')) return { upload: 'required', download };
  // Without the decorator, the stream is read from the context. The option of a download is for its chunks.
  const upload = options.expression('stream') !== undefined && !download ? 'optional' : 'none';
  return { upload, download };
}

function isOff({ constants }: Reading, options: EventOptions): boolean {
  const expression = options.expression('streams');
  return expression !== undefined && constants.valueOf(expression)?.value === false;
}
