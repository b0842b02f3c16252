import { html } from 'htm/preact';
import { Component, type VNode } from 'preact';
import { EntryRow } from './entry-row';
import type { Entry } from './timeline';

interface Props {
  readonly entries: readonly Entry[];
  /** The ids of the clients, in the order of their lanes. */
  readonly lanes: readonly number[];
}

/** Height of a line, in pixels: as in timeline.css. */
const LINE_HEIGHT = 34;

/** Entries that are rendered again only if one of them has changed. The browser skips those that are out of sight. */
export class EntryChunk extends Component<Props> {
  override shouldComponentUpdate({ entries, lanes }: Props): boolean {
    const { entries: before, lanes: lanesBefore } = this.props;
    return (
      lanes !== lanesBefore ||
      entries.length !== before.length ||
      entries.some((entry, index) => entry !== before[index])
    );
  }

  override render(): VNode {
    const { entries, lanes } = this.props;
    const height = `auto ${entries.length * LINE_HEIGHT}px`;
    return html`<ol class="chunk" style=${{ containIntrinsicBlockSize: height }}>
      ${entries.map(
        (entry) =>
          html`<${EntryRow}
            key=${entry.id}
            entry=${entry}
            lane=${Math.max(0, lanes.indexOf(entry.clientId))}
          />`,
      )}
    </ol>`;
  }
}
