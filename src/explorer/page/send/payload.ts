import { html } from 'htm/preact';
import type { VNode } from 'preact';
import type { EventToSend } from '../contract/contract';
import type { Schemas } from '../contract/schema';
import { ArgumentsForm } from '../form/arguments-form';
import { problemText } from '../form/field-frame';
import { jsonArea } from '../form/json-field';
import { problemsWithin, type Problems } from '../form/problems';
import { textOfValues, type Draft } from './drafts';
import { readArguments } from './read-arguments';

interface Props {
  readonly event: EventToSend;
  readonly schemas: Schemas;
  readonly draft: Draft;
  readonly problems: Problems;
  readonly onChange: (change: Partial<Draft>) => void;
}

/** Renders the payload of an event: a form, or JSON. */
export function Payload(props: Props): VNode {
  const { event, schemas, draft, problems, onChange } = props;
  if (draft.mode === 'json') return jsonMode(props);
  if (event.args.length === 0) return html`<p class="nothing">It takes no payload.</p>`;
  return html`<${ArgumentsForm}
    args=${event.args}
    schemas=${schemas}
    values=${draft.values}
    problems=${problems}
    onChange=${(values: readonly unknown[]) => {
      onChange({ values });
    }}
  />`;
}

function jsonMode({ event, draft: { text }, problems, onChange }: Props): VNode {
  const messages = problemsWithin(problems, '');
  const isPayload = event.args.length === 1;
  return html`<div class=${`field${messages.length > 0 ? ' wrong' : ''}`}>
    <div class="field-head">
      <label for="json">${isPayload ? 'Payload' : 'Arguments'}</label>
    </div>
    ${jsonArea(
      {
        id: 'json',
        'aria-describedby': 'json-about json-problem',
        'aria-invalid': messages.length > 0 ? 'true' : undefined,
      },
      text,
      ({ currentTarget: { value } }) => {
        onChange({ text: value });
      },
    )}
    ${problemText('json-problem', messages)}
    <p class="about" id="json-about">
      ${isPayload ? 'JSON.' : 'A JSON array with all arguments.'} Binary data is written as
      <code>{"$hex": "00ff"}</code>.
    </p>
  </div>`;
}

/** Returns the change to another mode. What is entered in one is there in the other, unless it is no JSON. */
export function switchMode(event: EventToSend, draft: Draft, mode: Draft['mode']): Partial<Draft> {
  if (mode === draft.mode) return {};
  if (mode === 'json') return { mode, text: textOfValues(event, draft.values) };
  const reading = readArguments(event, draft);
  return 'args' in reading ? { mode, values: reading.args } : { mode };
}
