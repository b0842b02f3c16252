import { useState } from 'preact/hooks';
import type { Client } from '../clients/client';
import { NO_PROBLEMS, problemsOf, type Problems } from '../form/problems';
import type { readArguments } from './read-arguments';
import { sendEvent } from './send-event';

/** The event that was sent last: its entry in the timeline, and its problems. */
interface Sent {
  readonly entry: number | undefined;
  readonly problems: Problems;
  /** Why it was not sent. */
  readonly unsent: string | undefined;
}

const NOTHING: Sent = { entry: undefined, problems: NO_PROBLEMS, unsent: undefined };

/** The event to send. */
interface Sending {
  readonly sender: Client | undefined;
  readonly name: string;
  readonly reading: ReturnType<typeof readArguments>;
  readonly isSilent: boolean;
}

/** Returns what was sent last, and functions that send and that forget it. */
export function useSending({ sender, name, reading, isSilent }: Sending): {
  readonly sent: Sent;
  /** @param invalid called if the gateway answers with problems of fields */
  readonly send: (invalid: () => void) => void;
  readonly forget: () => void;
} {
  const [sent, setSent] = useState(NOTHING);
  const refuse = (unsent: string): void => {
    setSent({ ...NOTHING, unsent });
  };
  const send = (invalid: () => void): void => {
    if (!sender) refuse('Connect a client first.');
    else if (sender.status !== 'connected') refuse(`${sender.name} is not connected.`);
    else if (name === '') refuse('Write the name of the event.');
    else if ('problem' in reading) refuse(reading.problem);
    else {
      const answered = ({ state, value }: { state: string; value: unknown }): void => {
        const problems = state === 'error' ? problemsOf(value) : NO_PROBLEMS;
        setSent((last) => (last.entry === entry ? { ...last, problems } : last));
        if (problems.size > 0) invalid();
      };
      const entry = sendEvent(sender, name, reading.args, isSilent ? undefined : answered);
      if (entry === undefined) refuse(`${sender.name} is not connected.`);
      else setSent({ ...NOTHING, entry });
    }
  };
  return {
    sent,
    send,
    forget: () => {
      setSent(NOTHING);
    },
  };
}
