import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { ClientForm } from '../clients/client-form';
import { activeClientStore, addClient, clientsStore, freeName, senderOf } from '../clients/clients';
import { connectClient } from '../clients/connections';
import type { ClientOptions } from '../clients/client';
import { labelOf, type Contract, type EventToSend, type Namespace } from '../contract/contract';
import { outline } from '../contract/outline';
import { ArgumentsForm } from '../form/arguments-form';
import { problemText } from '../form/field-frame';
import { jsonArea } from '../form/json-field';
import { NO_PROBLEMS, problemsOf, problemsWithin, type Problems } from '../form/problems';
import { icon } from '../shell/icon';
import { useStore } from '../store';
import { AnswerView } from './answer-view';
import { CodeDialog } from './code-dialog';
import { changeDraft, clearDraft, draftOf, draftsStore, textOfValues, type Draft } from './drafts';
import { modeSwitch, nameField, silentSwitch } from './draft-controls';
import { readArguments } from './read-arguments';
import { sendEvent } from './send-event';
import { Sender } from './sender';

interface Props {
  readonly contract: Contract;
  readonly namespace: Namespace;
  readonly event: EventToSend;
}

/** What was sent last: the entry in the timeline, and what was wrong with it. */
interface Sent {
  readonly entry: number | undefined;
  readonly problems: Problems;
  /** Why it was not sent. */
  readonly unsent: string | undefined;
}

const NOTHING: Sent = { entry: undefined, problems: NO_PROBLEMS, unsent: undefined };

/** Writes and sends an event. Give it the key of the event as its own, so that each event has its own state. */
export function Composer({ contract, namespace, event }: Props): VNode {
  useStore(draftsStore);
  const clients = useStore(clientsStore).filter((client) => client.namespace === namespace.key);
  const activeId = useStore(activeClientStore);
  const [sent, setSent] = useState(NOTHING);
  const [isCodeShown, showCode] = useState(false);
  const element = useRef<HTMLFormElement>(null);
  const { schemas } = contract;
  const draft = draftOf(namespace, event, schemas);
  const sender = senderOf(clients, namespace.key, activeId);
  const name = event.name === '*' ? draft.name.trim() : event.name;
  const reading = readArguments(event, draft);

  const change = (part: Partial<Draft>): void => {
    changeDraft(namespace, event, schemas, part);
  };
  const send = (): void => {
    const unsent = !sender
      ? 'Connect a client first.'
      : sender.status !== 'connected'
        ? `${sender.name} is not connected.`
        : name === ''
          ? 'Write the name of the event.'
          : 'problem' in reading
            ? reading.problem
            : undefined;
    if (!sender || unsent !== undefined || 'problem' in reading) {
      setSent({ ...NOTHING, unsent });
      return;
    }
    const hadFocus = element.current?.contains(document.activeElement) ?? false;
    const answered = draft.isSilent
      ? undefined
      : ({ state, value }: { state: string; value: unknown }): void => {
          const problems = state === 'error' ? problemsOf(value) : NO_PROBLEMS;
          setSent((last) => (last.entry === entry ? { ...last, problems } : last));
          if (hadFocus && problems.size > 0) focusProblem(element.current);
        };
    const entry = sendEvent(sender, name, reading.args, answered);
    setSent({
      entry,
      problems: NO_PROBLEMS,
      unsent: entry === undefined ? 'The client is not connected.' : undefined,
    });
  };

  if (clients.length === 0) return html`${head(namespace, event)}${connectCard(contract, namespace)}`;
  return html`${head(namespace, event)}
    <form
      ref=${element}
      class="card compose"
      aria-label=${`Send ${event.name}`}
      novalidate
      onSubmit=${(submit: Event) => {
        submit.preventDefault();
        send();
      }}
    >
      <${Sender} clients=${clients} sender=${sender} namespace=${namespace} />
      <div class="compose-head">
        ${
          event.args.length > 0
            ? modeSwitch(draft, (mode) => change(switchMode(event, draft, mode)))
            : html`<p class="nothing">It takes no payload.</p>`
        }
        <span class="tools">
          <button
            type="button"
            class="quiet"
            onClick=${() => {
              clearDraft(namespace, event, schemas);
              setSent(NOTHING);
            }}
          >
            Clear
          </button>
          <button
            type="button"
            class="quiet"
            onClick=${() => {
              showCode(true);
            }}
          >
            ${icon('code')}Copy as code
          </button>
        </span>
      </div>
      ${event.name === '*' && nameField(draft.name, (value) => change({ name: value }))}
      ${draft.mode === 'json' ? jsonMode(event, draft, sent.problems, change) : formMode()}
      <div class="compose-foot">
        <button
          class=${`primary send-button client-${sender?.color ?? 0}`}
          disabled=${sender?.status !== 'connected'}
        >
          ${icon('send')}<span>Send</span>
        </button>
        <kbd aria-hidden="true">${/Mac|iPhone|iPad/.test(navigator.platform) ? '⌘' : 'Ctrl'} ↵</kbd>
        ${silentSwitch(draft.isSilent, (isSilent) => change({ isSilent }))}
      </div>
      ${sent.unsent !== undefined && html`<div role="alert">${problemText('unsent', [sent.unsent])}</div>`}
    </form>
    <${AnswerView} key=${sent.entry} entryId=${sent.entry} />
    ${
      isCodeShown &&
      html`<${CodeDialog}
        namespace=${namespace}
        client=${sender}
        event=${name}
        args=${'args' in reading ? reading.args : []}
        ack=${event.ack}
        isSilent=${draft.isSilent}
        onClose=${() => {
          showCode(false);
        }}
      />`
    }
    ${resultCard(event, contract)}`;

  function formMode(): unknown {
    if (event.args.length === 0) return undefined;
    return html`<${ArgumentsForm}
      args=${event.args}
      schemas=${schemas}
      values=${draft.values}
      problems=${sent.problems}
      onChange=${(values: readonly unknown[]) => {
        change({ values });
      }}
    />`;
  }
}

function head(namespace: Namespace, { name, description, access }: EventToSend): unknown {
  return html`<header class="event-head">
    <p class="eyebrow">${labelOf(namespace)} <span>send</span></p>
    <h2>${name === '*' ? 'Any other event' : name}</h2>
    ${description !== undefined && description.split('\n').map((line) => html`<p class="lead">${plain(line)}</p>`)}
    ${access.map((line) => html`<p class="access">${icon('lock')}<span>${plain(line)}</span></p>`)}
  </header>`;
}

/** Descriptions of a contract mark names with backticks. */
function plain(text: string): unknown {
  return text.split('`').map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : part));
}

function connectCard({ namespaces }: Contract, { key, description }: Namespace): unknown {
  const initial: ClientOptions = { name: freeName(), namespace: key, params: {}, auth: '' };
  return html`<section class="card connect-card" aria-labelledby="connect-title">
    <h3 id="connect-title">Connect a client to send it</h3>
    <p class="lead">
      A client is a connection of its own. Connect several, and see what each of them gets.
      ${description?.includes('Only clients with a user') && ' This namespace lets in only clients with a user.'}
    </p>
    <${ClientForm}
      key=${key}
      id="first-client"
      initial=${initial}
      namespaces=${namespaces.filter((one) => one.key === key)}
      submitText="Connect"
      onSubmit=${(options: ClientOptions) => {
        connectClient(addClient(options).id);
      }}
    />
  </section>`;
}

function jsonMode(
  event: EventToSend,
  { text }: Draft,
  problems: Problems,
  change: (part: Partial<Draft>) => void,
): unknown {
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
        change({ text: value });
      },
    )}
    ${problemText('json-problem', messages)}
    <p class="about" id="json-about">
      ${isPayload ? 'JSON.' : 'A JSON array with all arguments.'} Binary data is written as
      <code>{"$hex": "00ff"}</code>.
    </p>
  </div>`;
}

/** What is entered in one mode is there in the other, unless it is no JSON. */
function switchMode(event: EventToSend, draft: Draft, mode: Draft['mode']): Partial<Draft> {
  if (mode === draft.mode) return {};
  if (mode === 'json') return { mode, text: textOfValues(event, draft.values) };
  const reading = readArguments(event, draft);
  return 'args' in reading ? { mode, values: reading.args } : { mode };
}

/** Shows what an event answers, if the contract says it. */
function resultCard({ result = {} }: EventToSend, { schemas }: Contract): unknown {
  const text = outline(result, schemas);
  if (text === 'any') return undefined;
  return html`<section class="card quiet-card">
    <h3>What it answers</h3>
    <pre class="outline" tabindex="0">${text}</pre>
  </section>`;
}

/** Moves the focus to the first field that is wrong, when it is rendered. */
function focusProblem(form: HTMLElement | null): void {
  requestAnimationFrame(() => {
    form?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  });
}
