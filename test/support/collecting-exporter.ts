import { TracerExporters } from 'moleculer';

/** The base of Moleculer's exporters, which its two majors declare differently. */
const BaseExporter = TracerExporters.Base as unknown as new () => object;

/** Keeps the spans that it is told of. */
export class CollectingExporter<Span extends object> extends BaseExporter {
  readonly started: Span[] = [];
  readonly spans: Span[] = [];
  spanStarted(span: Span): void {
    this.started.push(span);
  }
  spanFinished(span: Span): void {
    // As it is now: what is written into it later is not exported.
    this.spans.push({ ...span });
  }
  stop(): void {
    // There is nothing to write.
  }
}
