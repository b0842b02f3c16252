import type { Context } from 'moleculer';
import { relayEventOf } from '../../plan/service-runtime';
import { pack, unpack, type CarriedPayload } from './carry-payload';
import { runSafely } from '../errors/run-safely';
import type { Gateway } from '../model';
import { senderTo, type Audience } from './audience';
import { eachNamespace } from './own-namespaces';

/*
 * Sends a message that a Moleculer event has caused, so that every client gets it once.
 *
 * Which nodes hear of an event is Moleculer's to say. One that is emitted comes to one node of the gateway, which has to
 * reach the clients of all nodes. One that is broadcast comes to every node, and each reaches the clients of its own. The node
 * that broadcasts hears it as `broadcastLocal`, so what is broadcast locally by intent looks the same, and reaches the clients
 * of that node too. Without a transporter there is no other node that hears of anything.
 */

/** What is sent, and to whom. */
export interface Message extends Audience {
  readonly event: string;
  readonly payload: unknown;
  /** Undefined: all namespaces of the gateway. */
  readonly namespaces?: readonly string[] | undefined;
}

/** A message as one node gives it to another. */
type CarriedMessage = Omit<Message, 'payload'> & { readonly carried: CarriedPayload };

/** Sends a message to the clients that this node has to reach. */
export function sendMessage(gateway: Gateway, message: Message, { eventType }: Context): void {
  const { transit } = gateway.broker;
  // Everybody who could hear of it has, and reaches clients of his own.
  if (eventType !== 'emit' && transit) sendToOwn(gateway, message);
  else if (isInReachOfAdapter(gateway, message)) sendThroughAdapter(gateway, message);
  else {
    sendToOwn(gateway, message);
    if (transit) relay(gateway, message);
  }
}

/** Another node of the gateway has heard of an event, and this one's clients shall get it, too. */
export function receiveMessage(gateway: Gateway, ctx: Context): void {
  // What this node told the others, its own clients have got.
  if (ctx.nodeID === gateway.broker.nodeID) return;
  const { carried, ...message } = ctx.params as CarriedMessage;
  sendToOwn(gateway, { ...message, payload: unpack(carried) });
}

/** An adapter reaches all sockets of a namespace; but which children a dynamic path has elsewhere, it does not know. */
function isInReachOfAdapter({ hasAdapter, io, plan }: Gateway, { namespaces }: Message): boolean {
  return (
    hasAdapter &&
    io !== undefined &&
    (namespaces !== undefined || plan.paths.every((path) => path.kind === 'literal'))
  );
}

function sendThroughAdapter(gateway: Gateway, { namespaces, event, payload, ...audience }: Message): void {
  for (const name of namespaces ?? [undefined])
    eachNamespace([gateway], name, (namespace) => senderTo(namespace, audience)?.emit(event, payload));
}

function sendToOwn(gateway: Gateway, { namespaces, event, payload, ...audience }: Message): void {
  for (const namespace of gateway.namespaces.values()) {
    if (namespaces && !namespaces.includes(namespace.name)) continue;
    senderTo(namespace, { ...audience, local: true })?.emit(event, payload);
  }
}

/** Tells the other nodes of the gateway, and nobody else: their group is that of this one event. */
function relay(gateway: Gateway, { payload, ...message }: Message): void {
  const event = relayEventOf(gateway.service);
  const carried: CarriedMessage = { ...message, carried: pack(payload) };
  runSafely(`a message could not be given to other nodes`, gateway.report, () =>
    gateway.broker.broadcast(event, carried, { groups: [event] }),
  );
}
