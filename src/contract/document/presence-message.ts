import type { JsonSchema } from '../schemas/json-schema';

/** The event that clients get because of the option `presence`. */
export const PRESENCE_EVENT = 'presence';

export const PRESENCE_DESCRIPTION =
  'Who is in a room, when the client enters it, and then what changes. The room with an empty name is the namespace.';

const DEVICE: JsonSchema = {
  type: 'object',
  properties: {
    socketId: { type: 'string' },
    meta: { description: 'What the device shows of itself. Absent if it shows nothing.' },
    since: { type: 'number', description: 'When it entered, in milliseconds since the epoch.' },
  },
  required: ['socketId', 'since'],
};

const USERS: JsonSchema = {
  type: 'array',
  items: {
    type: 'object',
    properties: {
      id: { type: ['string', 'number'] },
      info: { type: 'object' },
      devices: { type: 'array', items: DEVICE },
    },
    required: ['id', 'info', 'devices'],
  },
};

/** The one argument of the event. */
export const PRESENCE_SCHEMA: JsonSchema = {
  oneOf: [
    {
      type: 'object',
      properties: { room: { type: 'string' }, state: USERS },
      required: ['room', 'state'],
    },
    {
      type: 'object',
      properties: { room: { type: 'string' }, joins: USERS, leaves: USERS, updates: USERS },
      required: ['room', 'joins', 'leaves', 'updates'],
    },
  ],
};
