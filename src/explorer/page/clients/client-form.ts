import { html } from 'htm/preact';
import type { VNode } from 'preact';
import { useState } from 'preact/hooks';
import { labelOf, type Namespace } from '../contract/contract';
import { problemText } from '../form/field-frame';
import { selectBox } from '../shell/select-box';
import { parseAuth } from './auth';
import type { ClientOptions } from './client';
import { missingParams } from './namespace-name';

interface Props {
  readonly initial: ClientOptions;
  readonly namespaces: readonly Namespace[];
  readonly submitText: string;
  /** Keeps the ids of two forms apart. */
  readonly id: string;
  readonly onSubmit: (options: ClientOptions) => void;
  /** More buttons. */
  readonly children?: unknown;
}

type Input = Event & { readonly currentTarget: HTMLInputElement };

/** Renders the settings of a client's connection, as entered. */
export function ClientForm({ initial, namespaces, submitText, id, onSubmit, children }: Props): VNode {
  const [options, setOptions] = useState(initial);
  const [isChecked, setIsChecked] = useState(false);
  const namespace = namespaces.find(({ key }) => key === options.namespace) ?? namespaces[0];
  const auth = parseAuth(options.auth);
  const missing = namespace ? missingParams(namespace, options.params) : [];
  const change = (part: Partial<ClientOptions>): void => {
    setOptions({ ...options, ...part });
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    setIsChecked(true);
    if (!namespace || 'problem' in auth || missing.length > 0) return;
    onSubmit({ ...options, namespace: namespace.key });
  };
  const authProblems = isChecked && 'problem' in auth ? [auth.problem] : [];
  return html`<form class="fields client-form" onSubmit=${submit} novalidate>
    <div class="field">
      <div class="field-head"><label for=${`${id}-name`}>Name</label></div>
      <input
        id=${`${id}-name`}
        type="text"
        autocomplete="off"
        value=${options.name}
        onInput=${({ currentTarget }: Input) => {
          change({ name: currentTarget.value });
        }}
      />
    </div>
    <div class="field">
      <div class="field-head"><label for=${`${id}-namespace`}>Namespace</label></div>
      ${selectBox(
        html`<select
          id=${`${id}-namespace`}
          class="mono"
          value=${namespace?.key ?? ''}
          onChange=${({ currentTarget }: Input) => {
            change({ namespace: currentTarget.value });
          }}
        >
          ${namespaces.map((one) => html`<option value=${one.key}>${labelOf(one)}</option>`)}
        </select>`,
      )}
    </div>
    ${namespace && paramFields(id, namespace, options, isChecked ? missing : [], change)}
    <div class=${`field wide${authProblems.length > 0 ? ' wrong' : ''}`}>
      <div class="field-head"><label for=${`${id}-auth`}>Auth</label></div>
      <textarea
        id=${`${id}-auth`}
        class="code"
        rows="2"
        spellcheck=${false}
        autocomplete="off"
        placeholder=${'{ "token": "…" }'}
        aria-describedby=${`${id}-auth-about ${id}-auth-problem`}
        aria-invalid=${authProblems.length > 0 ? 'true' : undefined}
        value=${options.auth}
        onInput=${({ currentTarget }: Input) => {
          change({ auth: currentTarget.value });
        }}
      ></textarea>
      ${problemText(`${id}-auth-problem`, authProblems)}
      <p class="about" id=${`${id}-auth-about`}>
        A JSON object, sent with each handshake. Kept in this tab only.
      </p>
    </div>
    <div class="actions wide">
      <button class="primary">${submitText}</button>
      ${children}
    </div>
  </form>`;
}

function paramFields(
  id: string,
  { address, parameters }: Namespace,
  { params }: ClientOptions,
  missing: readonly string[],
  change: (part: Partial<ClientOptions>) => void,
): unknown {
  const names = address === null ? [''] : parameters;
  return names.map((name) => {
    const messages = missing.includes(name)
      ? ['Write a value: it is a part of the name of the namespace.']
      : [];
    const fieldId = `${id}-param-${name}`;
    return html`<div class=${`field${messages.length > 0 ? ' wrong' : ''}`} key=${name}>
      <div class="field-head">
        <label for=${fieldId}>${name === '' ? 'Name of the namespace' : name}</label>
      </div>
      <input
        id=${fieldId}
        type="text"
        class="mono"
        autocomplete="off"
        autocapitalize="none"
        spellcheck=${false}
        aria-describedby=${`${fieldId}-problem`}
        aria-invalid=${messages.length > 0 ? 'true' : undefined}
        value=${params[name] ?? ''}
        onInput=${({ currentTarget }: Input) => {
          change({ params: { ...params, [name]: currentTarget.value } });
        }}
      />
      ${problemText(`${fieldId}-problem`, messages)}
    </div>`;
  });
}
