import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { activeClientStore, clientsStore, senderOf } from '../clients/clients';
import { connectCard } from '../clients/connect-card';
import type { Contract, EventToSend, Namespace } from '../contract/contract';
import { problemText } from '../form/field-frame';
import { icon } from '../shell/icon';
import { useStore } from '../store';
import { AnswerView } from './answer-view';
import { CodeDialog } from './code-dialog';
import { modeSwitch, nameField, silentSwitch } from './draft-controls';
import { changeDraft, clearDraft, draftOf, draftsStore, type Draft } from './drafts';
import { eventHead, resultCard } from './event-head';
import { Payload, switchMode } from './payload';
import { readArguments } from './read-arguments';
import { Sender } from './sender';
import { useSending } from './use-sending';

interface Props {
  readonly contract: Contract;
  readonly namespace: Namespace;
  readonly event: EventToSend;
}

const SEND_KEYS = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘ ↵' : 'Ctrl ↵';

/** Writes and sends an event. Give it the key of the event as its own, so that each event has its own state. */
export function Composer({ contract, namespace, event }: Props): VNode {
  useStore(draftsStore);
  const clients = useStore(clientsStore).filter((client) => client.namespace === namespace.key);
  const sender = senderOf(clients, namespace.key, useStore(activeClientStore));
  const [isCodeShown, showCode] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const { schemas } = contract;
  const draft = draftOf(namespace, event, schemas);
  const name = event.name === '*' ? draft.name.trim() : event.name;
  const reading = readArguments(event, draft);
  const { sent, send, forget } = useSending({ sender, name, reading, isSilent: draft.isSilent });
  const change = (part: Partial<Draft>): void => {
    changeDraft(namespace, event, schemas, part);
  };
  const submit = (submitted: Event): void => {
    submitted.preventDefault();
    const hadFocus = form.current?.contains(document.activeElement) ?? false;
    send(() => {
      if (hadFocus) focusProblem(form.current);
    });
  };

  if (clients.length === 0) return html`${eventHead(namespace, event)}${connectCard(contract, namespace)}`;
  return html`${eventHead(namespace, event)}
    <form ref=${form} class="card compose" aria-label=${`Send ${event.name}`} novalidate onSubmit=${submit}>
      <${Sender} clients=${clients} sender=${sender} namespace=${namespace} />
      <div class="compose-head">
        ${modeSwitch(draft, (mode) => {
          change(switchMode(event, draft, mode));
        })}
        <span class="tools">
          <button
            type="button"
            class="quiet"
            onClick=${() => {
              clearDraft(namespace, event, schemas);
              forget();
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
      ${
        event.name === '*' &&
        nameField(draft.name, (value) => {
          change({ name: value });
        })
      }
      <${Payload}
        event=${event}
        schemas=${schemas}
        draft=${draft}
        problems=${sent.problems}
        onChange=${change}
      />
      ${sent.unsent !== undefined && html`<div role="alert">${problemText('unsent', [sent.unsent])}</div>`}
      <div class="compose-foot">
        <button
          class=${`primary send-button client-${sender?.color ?? 0}`}
          disabled=${sender?.status !== 'connected'}
        >
          ${icon('send')}<span>Send</span>
        </button>
        <kbd aria-hidden="true">${SEND_KEYS}</kbd>
        ${silentSwitch(draft.isSilent, (isSilent) => {
          change({ isSilent });
        })}
      </div>
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
}

/** Moves the focus to the first field that is wrong, when it is rendered. */
function focusProblem(form: HTMLElement | null): void {
  requestAnimationFrame(() => {
    form?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  });
}
