import { type as arktype } from 'arktype';
import * as v from 'valibot';
import { z } from 'zod';
import { SocketEvent } from '../../src';
import type { PayloadSchema, PayloadType } from '../../src';

class Message {
  text!: string;
}

const zod = z.object({ text: z.string() });
const asynchronous = zod.refine(async () => true);
const valibot = v.object({ text: v.string() });
const valibotAsync = v.pipeAsync(
  v.string(),
  v.checkAsync(async () => true),
);
const ark = arktype({ text: 'string' });

/** Schemas of every library that follows the standard, and arrays of what they describe. */
SocketEvent('message', { payload: zod });
SocketEvent('message', { payload: z.string() });
SocketEvent('message', { payload: z.string().transform(Number) });
SocketEvent('message', { payload: asynchronous });
SocketEvent('message', { payload: valibot });
SocketEvent('message', { payload: valibotAsync });
SocketEvent('message', { payload: ark });
SocketEvent('message', { payload: arktype('string[]') });
SocketEvent('message', { payload: [zod] });
SocketEvent('message', { payload: [valibot] });
SocketEvent('message', { payload: [ark] });
SocketEvent({ payload: zod, timeout: 5 });

/** Classes, as before. */
SocketEvent('message', { payload: Message });
SocketEvent('message', { payload: [Message] });
SocketEvent('message', { payload: String });
export const types: PayloadType[] = [Message, [Message], zod, [ark]];
export const schemas: PayloadSchema[] = [zod, valibot, ark];

// @ts-expect-error -- an object that is no schema
SocketEvent('message', { payload: { text: 'string' } });
// @ts-expect-error -- the shape of a schema is no schema
SocketEvent('message', { payload: { text: z.string() } });
// @ts-expect-error -- a name is no class
SocketEvent('message', { payload: 'Message' });
// @ts-expect-error -- one class, not two
SocketEvent('message', { payload: [Message, Message] });
// @ts-expect-error -- one schema, not two
SocketEvent('message', { payload: [zod, ark] });
// @ts-expect-error -- an array of nothing
SocketEvent('message', { payload: [] });
// @ts-expect-error -- an array of names
SocketEvent('message', { payload: ['Message'] });
// @ts-expect-error -- it has no function validate
SocketEvent('message', { payload: { '~standard': { version: 1, vendor: 'x' } } });
const later = { version: 2, vendor: 'x', validate: () => ({ value: 1 }) } as const;
// @ts-expect-error -- there is no such version
SocketEvent('message', { payload: { '~standard': later } });
