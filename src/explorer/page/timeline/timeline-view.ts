import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { clientsStore } from '../clients/clients';
import { icon } from '../shell/icon';
import { selectBox } from '../shell/select-box';
import { useStore } from '../store';
import { EntryChunk } from './entry-chunk';
import { filterEntries, filterStore } from './filter';
import { CHUNK, clearTimeline, timelineStore, type Entry } from './timeline';

/** A distance from the end that counts as the end, in pixels. */
const NEAR = 60;

/** Renders everything that clients have sent and received, the newest last. */
export function TimelineView(): VNode {
  const entries = useStore(timelineStore);
  const filter = useStore(filterStore);
  const shown = useMemo(() => filterEntries(entries, filter), [entries, filter]);
  const lanes = useLanes();
  const list = useRef<HTMLDivElement>(null);
  const [isFollowing, setIsFollowing] = useState(true);
  const following = useRef(true);
  following.current = isFollowing;
  const follow = (): void => {
    const element = list.current;
    if (element) element.scrollTop = element.scrollHeight;
  };
  useLayoutEffect(() => {
    if (!isFollowing) return undefined;
    follow();
    // Entries that come into sight get their real height.
    const frame = requestAnimationFrame(follow);
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [shown, isFollowing]);
  useEffect(() => {
    const element = list.current;
    if (!element) return undefined;
    const onScroll = (): void => {
      // Hidden, it has no height.
      if (element.clientHeight > 0)
        setIsFollowing(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    // A narrow screen shows it only now and then.
    const resized = new ResizeObserver(() => {
      if (following.current) follow();
    });
    resized.observe(element);
    return () => {
      resized.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, []);
  return html`<header class="timeline-head">
      <h2>Timeline</h2>
      <span class="count">${countText(shown.length, entries.length)}</span>
      ${filterFields()}
      <button type="button" class="quiet" disabled=${entries.length === 0} onClick=${clearTimeline}>
        Clear
      </button>
    </header>
    <div
      ref=${list}
      class="entries"
      role="region"
      aria-label="Entries"
      tabindex="0"
      style=${{ '--lanes': Math.max(1, lanes.length) }}
    >
      ${chunksOf(shown).map(({ key, list: part }) => html`<${EntryChunk} key=${key} entries=${part} lanes=${lanes} />`)}
      ${shown.length === 0 && emptyState(entries.length > 0)}
    </div>
    ${
      !isFollowing &&
      html`<button
        type="button"
        class="jump"
        onClick=${() => {
          setIsFollowing(true);
        }}
      >
        ${icon('down')}Latest
      </button>`
    }`;
}

/** Returns the ids of the clients: the same list while they are the same clients. */
function useLanes(): readonly number[] {
  const ids = useStore(clientsStore)
    .map(({ id }) => id)
    .join();
  return useMemo(() => (ids === '' ? [] : ids.split(',').map(Number)), [ids]);
}

function chunksOf(entries: readonly Entry[]): { key: number; list: Entry[] }[] {
  const chunks: { key: number; list: Entry[] }[] = [];
  for (const entry of entries) {
    const key = Math.floor(entry.id / CHUNK);
    const last = chunks.at(-1);
    if (last?.key === key) last.list.push(entry);
    else chunks.push({ key, list: [entry] });
  }
  return chunks;
}

function countText(shown: number, all: number): string {
  if (all === 0) return '';
  return shown === all
    ? all.toLocaleString('en')
    : `${shown.toLocaleString('en')} of ${all.toLocaleString('en')}`;
}

function filterFields(): unknown {
  const filter = filterStore.get();
  const clients = clientsStore.get();
  return html`<div class="filters">
    <div class="search">
      ${icon('search')}
      <input
        type="search"
        aria-label="Filter the timeline"
        placeholder="Filter"
        autocomplete="off"
        spellcheck=${false}
        value=${filter.text}
        onInput=${({ currentTarget }: Event & { currentTarget: HTMLInputElement }) => {
          filterStore.set({ ...filter, text: currentTarget.value });
        }}
      />
    </div>
    ${
      clients.length > 1 &&
      selectBox(
        html`<select
          aria-label="Client"
          value=${String(filter.clientId ?? '')}
          onChange=${({ currentTarget }: Event & { currentTarget: HTMLSelectElement }) => {
            const id = currentTarget.value;
            filterStore.set({ ...filter, clientId: id === '' ? undefined : Number(id) });
          }}
        >
          <option value="">All clients</option>
          ${clients.map(({ id, name }) => html`<option value=${String(id)}>${name}</option>`)}
        </select>`,
      )
    }
  </div>`;
}

function emptyState(isFiltered: boolean): unknown {
  return html`<div class="empty">
    <span class="empty-lanes" aria-hidden="true"></span>
    <p><strong>${isFiltered ? 'Nothing matches the filter' : 'Nothing has happened yet'}</strong></p>
    <p>
      ${
        isFiltered
          ? 'Change the filter to see the other entries.'
          : 'What your clients send and receive appears here, each in its own lane.'
      }
    </p>
  </div>`;
}
