import type { Schema, Schemas } from './schema';

/** The contract of gateways, as the page shows it. */
export interface Contract {
  readonly title: string;
  readonly namespaces: readonly Namespace[];
  readonly schemas: Schemas;
}

/** A namespace that clients connect to. */
export interface Namespace {
  readonly key: string;
  /** `/tenants/{tenantId}`; null if it is a regular expression. */
  readonly address: string | null;
  readonly parameters: readonly string[];
  readonly description: string | undefined;
  readonly events: readonly EventToSend[];
  readonly received: readonly EventToReceive[];
}

/** An argument of an event. */
export interface Argument {
  readonly schema: Schema;
  readonly isOptional: boolean;
}

/** An event that clients send. */
export interface EventToSend {
  /** The key of its operation. */
  readonly key: string;
  /** `'*'`: any other name. */
  readonly name: string;
  readonly description: string | undefined;
  readonly args: readonly Argument[];
  readonly ack: 'error-first' | 'object';
  readonly result: Schema | undefined;
  readonly deprecated: boolean | string;
  readonly needsUser: boolean;
  /** Sentences on who may send it, and how often. */
  readonly access: readonly string[];
}

/** An event that clients receive. */
export interface EventToReceive {
  readonly key: string;
  /** The name, or a pattern of it. */
  readonly name: string;
  readonly description: string | undefined;
  readonly args: readonly Argument[];
}

/** Returns a namespace as the list shows it. */
export function labelOf({ address, description }: Namespace): string {
  return address ?? description?.split('\n')[0] ?? '';
}
