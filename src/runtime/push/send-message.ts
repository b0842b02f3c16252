import type { Context } from 'moleculer';
import { RESERVED_EVENTS } from '../../plan/reserved-events';
import { expectValid } from '../cluster/wire';
import { runSafely } from '../errors/run-safely';
import type { Gateway } from '../model';
import { senderTo, type Audience } from './audience';

/*
 * Sends a message that a Moleculer event has caused, so that every client gets it once.
 *
 * Moleculer decides which nodes receive an event. An event that is emitted comes to one node of the gateway, which sends the message
 * to the other nodes. An event that is broadcast comes to every node, and each sends the message to its own clients. The node that
 * broadcasts receives it as `broadcastLocal`. Without a transporter no other node receives anything.
 */

/** The topic under which nodes send each other messages. */
export const FORWARDS = 'forward';

/** A message and its recipients. */
export interface Message extends Audience {
  readonly event: string;
  readonly payload: unknown;
  /** Undefined: all namespaces of the gateway. */
  readonly namespaces?: readonly string[] | undefined;
}

/** Sends a message to the clients that this node has to reach. Without a transporter, an adapter may reach other nodes. */
export function sendMessage(gateway: Gateway, message: Message, { eventType }: Context): void {
  const isLinked = Boolean(gateway.broker.transit);
  sendToOwn(gateway, message, isLinked);
  if (isLinked && eventType === 'emit') publish(gateway, message);
}

/**
 * Sends a message of another node to the clients of this node.
 *
 * @throws MalformedMessage if it is not one
 */
export function receiveForward(gateway: Gateway, [head, payload]: readonly unknown[]): void {
  const { event, rooms, except, namespaces, volatile } = (head ?? {}) as Partial<Message>;
  expectValid(
    typeof event === 'string' && !RESERVED_EVENTS.has(event),
    'a message to clients without an event',
  );
  expectValid([rooms, except, namespaces].every(isList), 'a message to clients with malformed rooms');
  sendToOwn(gateway, { event, payload, rooms, except, namespaces, volatile: volatile === true }, true);
}

function isList(value: unknown): boolean {
  return value === undefined || (Array.isArray(value) && value.every((item) => typeof item === 'string'));
}

/** @param local true if the adapters of the namespaces must not send the message to other nodes */
function sendToOwn(
  gateway: Gateway,
  { namespaces, event, payload, ...audience }: Message,
  local: boolean,
): void {
  for (const namespace of gateway.namespaces.values()) {
    if (namespaces && !namespaces.includes(namespace.name)) continue;
    senderTo(namespace, { ...audience, local })?.emit(event, payload);
  }
}

function publish(gateway: Gateway, { payload, ...head }: Message): void {
  runSafely('a message could not be sent to other nodes', gateway.report, () => {
    gateway.cluster.publish(FORWARDS, [head, payload]);
  });
}
