import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { problemText } from '../form/field-frame';
import { jsonArea } from '../form/json-field';
import { InvalidJson, parseJson } from '../form/json-text';

/** Answers a question of the server. */
export function ReplyForm({ reply }: { readonly reply: (value: unknown) => void }): VNode {
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string>();
  const submit = (event: Event): void => {
    event.preventDefault();
    const value = text.trim() === '' ? null : parseJson(text);
    if (value instanceof InvalidJson) setProblem(value.message);
    else reply(value);
  };
  return html`<form class="reply" onSubmit=${submit} novalidate>
    <h3>The server waits for an answer</h3>
    ${jsonArea(
      { 'aria-label': 'Answer as JSON', placeholder: '"yes"' },
      text,
      ({ currentTarget: { value } }) => {
        setText(value);
      },
    )}
    ${problemText('reply-problem', problem === undefined ? [] : [problem])}
    <button>Answer</button>
  </form>`;
}
