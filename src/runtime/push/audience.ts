import type { BroadcastOperator, DefaultEventsMap, Namespace } from 'socket.io';
import type { BroadcastOptions } from 'socket.io-adapter';

type OneOrMore = string | readonly string[];
type Operator = BroadcastOperator<DefaultEventsMap, unknown>;

/** Who in a namespace shall get something. */
export interface Audience {
  /** Undefined: everybody; an empty list: nobody. */
  readonly rooms?: OneOrMore | undefined;
  readonly except?: OneOrMore | undefined;
  readonly volatile?: boolean | undefined;
  /** Only the sockets of this node. */
  readonly local?: boolean | undefined;
}

/**
 * What sends to an audience.
 *
 * @returns undefined where it is nobody
 */
export function senderTo(
  namespace: Namespace,
  { rooms, except, volatile, local }: Audience,
): Operator | undefined {
  // Nobody is in no room: Socket.IO would send to everybody.
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
