import type { EventDescription } from './read/description';
import { inLines } from './wire/printed';

/** Prints an event as a method of the arguments that it takes without a stream. */
type PrintMethod = (event: EventDescription, result: string) => string;

/**
 * Returns the members `streams` and `uploads` of a gateway, as far as it has any.
 *
 * @param resultOf prints the result of an event that is not answered with a stream
 */
export function printStreams(
  events: readonly EventDescription[],
  printMethod: PrintMethod,
  resultOf: (event: EventDescription) => string,
): string[] {
  const downloads = events.filter(({ streams }) => streams.download && streams.upload !== 'required');
  const uploads = events.filter(({ streams }) => streams.upload !== 'none');
  return [
    ...section(
      'The events that are answered with a stream, and what it brings.',
      'streams',
      downloads,
      (event) => printMethod(event, event.answer.kind === 'stream' ? event.answer.chunk : 'unknown'),
    ),
    ...section('The events that take an upload, and their results.', 'uploads', uploads, (event) =>
      printMethod(event, event.answer.kind === 'stream' ? 'unknown' : resultOf(event)),
    ),
  ];
}

function section(
  doc: string,
  name: string,
  events: readonly EventDescription[],
  print: (event: EventDescription) => string,
): string[] {
  return events.length > 0 ? [`/** ${doc} */\n${name}: ${inLines(events.map(print))}`] : [];
}
