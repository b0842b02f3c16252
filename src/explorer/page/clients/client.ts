/** The state of a client. */
export type ClientStatus = 'off' | 'connecting' | 'connected' | 'reconnecting' | 'refused' | 'disconnected';

/** The settings of a client's connection. */
export interface ClientOptions {
  readonly name: string;
  /** The key of a namespace of the contract. */
  readonly namespace: string;
  /** The parameters of a dynamic namespace; under `''` the whole name, where the path is a regular expression. */
  readonly params: Readonly<Record<string, string>>;
  /** `auth` as JSON. */
  readonly auth: string;
}

/** A client of this page. */
export interface Client extends ClientOptions {
  readonly id: number;
  /** The number of its colour. */
  readonly color: number;
  readonly status: ClientStatus;
  /** Why it is refused or disconnected. */
  readonly reason: string | undefined;
  readonly socketId: string | undefined;
}

/** Number of colours. */
export const COLORS = 8;

const STATUS_TEXTS: Record<ClientStatus, string> = {
  off: 'not connected',
  connecting: 'connecting',
  connected: 'connected',
  reconnecting: 'reconnecting',
  refused: 'refused',
  disconnected: 'disconnected',
};

/** Returns the status of a client in words. */
export function statusText({ status }: Client): string {
  return STATUS_TEXTS[status];
}
