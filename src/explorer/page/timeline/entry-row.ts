import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { writeAgain } from '../send/write-again';
import { icon } from '../shell/icon';
import { answerBadge } from './answer-badge';
import { ReplyForm } from './reply-form';
import type { Entry } from './timeline';
import { ValueView } from './value-view';

interface Props {
  readonly entry: Entry;
  /** The place of the client beside the others. */
  readonly lane: number;
}

const KINDS: Record<Entry['kind'], string> = { sent: 'sent', received: 'received', connection: 'connection' };

/** Renders one entry: a line, and all about it when it is opened. */
export function EntryRow({ entry, lane }: Props): VNode {
  const [isOpen, setIsOpen] = useState(false);
  const { id, at, clientName, color, kind, name, preview, tone, reply, replied } = entry;
  const asks = reply !== undefined && !replied;
  return html`<li
    class=${`entry ${kind} ${tone} client-${color}${isOpen ? ' open' : ''}`}
    style=${{ '--lane': lane }}
  >
    <button
      type="button"
      class="entry-line"
      aria-expanded=${String(isOpen)}
      onClick=${() => {
        setIsOpen(!isOpen);
      }}
    >
      <time datetime=${new Date(at).toISOString()}>${timeText(at)}</time>
      <span class="lane" aria-hidden="true"
        ><span class="mark">${kind === 'connection' ? '' : icon(kind === 'sent' ? 'up' : 'down')}</span></span
      >
      <span class="unseen">${clientName} ${KINDS[kind]}</span>
      <span class="who" aria-hidden="true">${clientName}</span>
      <span class="entry-name">${name}</span>
      <span class="preview">${preview}</span>
      ${asks && html`<span class="outcome asks">asks</span>`} ${answerBadge(entry)}
    </button>
    ${isOpen && html`<div class="entry-detail" id=${`entry-${id}`}>${detail(entry)}</div>`}
  </li>`;
}

function detail(entry: Entry): unknown {
  const { clientName, kind, args, answer, preview, reply, replied } = entry;
  const again = writeAgain(entry);
  return html`
    <p class="entry-who">${clientName}</p>
    ${kind === 'connection' && html`<p>${preview}</p>`}
    ${args.map((value, index) =>
      section(args.length > 1 ? `Argument ${index + 1}` : kind === 'connection' ? 'Data' : 'Payload', value),
    )}
    ${kind !== 'connection' && args.length === 0 && html`<p class="about">No payload.</p>`}
    ${answer && 'value' in answer && section(answer.state === 'ok' ? 'Answer' : 'Error', answer.value)}
    ${reply && !replied && html`<${ReplyForm} reply=${reply} />`}
    ${replied && section('You answered', replied.value)}
    ${again && html`<p><button type="button" class="more" onClick=${again}>${icon('edit')}Edit and send again</button></p>`}
  `;
}

function section(title: string, value: unknown): unknown {
  return html`<section>
    <h3>${title}</h3>
    <${ValueView} value=${value} />
  </section>`;
}

function timeText(at: number): string {
  const time = new Date(at);
  const pad = (value: number, digits = 2): string => String(value).padStart(digits, '0');
  return `${pad(time.getHours())}:${pad(time.getMinutes())}:${pad(time.getSeconds())}.${pad(time.getMilliseconds(), 3)}`;
}
