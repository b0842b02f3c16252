import { ServiceBroker } from 'moleculer';
import { randomInt, randomUUID } from 'node:crypto';
import { callsArePlain } from '../moleculer/internals';

/** Gives the id of an event, which is the `requestID` of all that it calls. */
export type NewEventID = () => string;

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));
/** What all ids of this process end with. */
const ENDING = randomUUID().slice(8);
/** An odd number, so that no id comes twice before 2^32 have come. */
const STEP = 0x9e3779b1;
let last = randomInt(2 ** 32);

/**
 * Makes ids that look like Moleculer's, for much less: one is needed for every event. Tracing exporters cut
 * ids after 16 digits, so it is the beginning that differs.
 */
function newEventID(): string {
  last = (last + STEP) | 0;
  return `${HEX[last >>> 24]}${HEX[(last >>> 16) & 255]}${HEX[(last >>> 8) & 255]}${HEX[last & 255]}${ENDING}`;
}

/** The ids of a broker's events; undefined where the application makes ids itself, or contexts. */
export function eventIDsOf(broker: ServiceBroker): NewEventID | undefined {
  const makesIDs = broker.options.uidGenerator ?? broker.generateUid !== ServiceBroker.prototype.generateUid;
  return makesIDs || !callsArePlain(broker) ? undefined : newEventID;
}
