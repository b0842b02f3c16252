/*
 * What clients send and what they expect back. All variants of a load get the same bytes; only the form of the ack
 * differs where the implementations differ.
 */

/** The namespace of every server. */
export const NAMESPACE = '/x';

/** What a client sends when it enters the namespace. */
export const AUTH = { token: 'let-me-in' };

/** Bytes of a chunk, and how many chunks of a stream are under way. */
export const CHUNK_BYTES = 65_536;
export const MAX_UNACKNOWLEDGED = 8;

/** A valid order: the payload of everything that is validated. */
export const ORDER = {
  product: 'green-tea-250g',
  quantity: 3,
  price: 8.5,
  express: true,
  note: 'Please ring twice.',
  address: { street: '12 Harbour Lane', city: 'Bristol', zip: 'BS1 4RB' },
};

/** One kind of event: its packet after the id, and what comes back in an error-first ack. */
export interface Load {
  readonly packet: string;
  readonly result: string;
}

export const LOADS = {
  /** An event of its own. */
  add: { packet: JSON.stringify(['add', { a: 1, b: 2 }]), result: '3' },
  /** An action, named by its alias. */
  call: { packet: JSON.stringify(['call', 'add', { a: 1, b: 2 }]), result: '3' },
  /** A nested payload. */
  order: { packet: JSON.stringify(['order', ORDER]), result: '{"total":25.5}' },
} as const satisfies Record<string, Load>;

export type LoadName = keyof typeof LOADS;

/** The form of an ack: `[null,result]`, or `[result]` as NestJS answers. */
export type AckForm = 'error-first' | 'result';

/** The text of the arguments of the ack that must come back. */
export function expectedAnswer(load: LoadName, form: AckForm): string {
  const { result } = LOADS[load];
  return form === 'error-first' ? `[null,${result}]` : `[${result}]`;
}
