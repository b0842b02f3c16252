import type { BroadcastOperator, DefaultEventsMap, Namespace } from 'socket.io';
import type { BroadcastOptions } from 'socket.io-adapter';

type OneOrMore = string | readonly string[];
type Operator = BroadcastOperator<DefaultEventsMap, unknown>;

/** Selects sockets of a namespace. */
export interface Audience {
  /** Undefined selects all sockets; an empty list selects none. */
  readonly rooms?: OneOrMore | undefined;
  readonly except?: OneOrMore | undefined;
  readonly volatile?: boolean | undefined;
  /** Only the sockets of this node. */
  readonly local?: boolean | undefined;
}

/**
 * Returns an operator that sends to an audience.
 *
 * @returns undefined if the audience is empty
 */
export function senderTo(
  namespace: Namespace,
  { rooms, except, volatile, local }: Audience,
): Operator | undefined {
  // An empty room list means no recipients; Socket.IO would broadcast instead.
  if (rooms?.length === 0) return undefined;
  let target: Operator = namespace.except((except ?? []) as string[]);
  if (rooms !== undefined) target = target.to(rooms as string[]);
  if (volatile) target = target.volatile;
  if (local) target = target.local;
  return target;
}

/** Returns the audience as adapters take it. */
export function optionsOf({ rooms = [], except = [], volatile }: Audience): BroadcastOptions {
  return {
    rooms: new Set([rooms].flat()),
    except: new Set([except].flat()),
    flags: volatile ? { volatile } : {},
  };
}
