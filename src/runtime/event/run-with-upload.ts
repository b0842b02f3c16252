import { BadRequestError } from '../../errors';
import type { SocketContext } from '../../types';
import type { EventSteps, Gateway } from '../model';
import { takesStreamOption } from '../moleculer/internals';
import type { Exchange } from '../stream/exchange';
import { notExpected } from '../stream/stream-errors';
import type { UploadStream } from '../stream/upload-stream';
import { callAction, type ProxiedCall } from './call-action';
import { eventOf } from './event-context';
import { receiveResult } from './owned-resources';
import { answeringOf, uploadTermsOf } from './stream-terms';

/** @throws BadRequestError 400 if the event takes no stream and the client sends one, or the other way round */
export function checkUpload({ streams }: EventSteps, exchange: Exchange | undefined): void {
  if (exchange?.upload) {
    if (!streams || streams.upload === 'none') throw notExpected();
  } else if (streams?.upload === 'required') throw new BadRequestError('STREAM_MISSING');
}

/**
 * Runs a handler or calls an action with the upload of its client. Rejects if the upload fails, whatever the handler does: what it
 * returns after that is closed.
 */
export async function runWithUpload(
  gateway: Gateway,
  event: EventSteps,
  ctx: SocketContext,
  call: ProxiedCall | undefined,
  exchange: Exchange,
): Promise<unknown> {
  const { streams } = event;
  if (!streams) throw notExpected();
  const { options } = call ?? ctx;
  const answering = exchange.answering ?? answeringOf(event, ctx, call);
  const terms = uploadTermsOf(gateway, streams, answering);
  const stream = exchange.acceptUpload(terms);
  // The upload may take longer, and cannot be read again.
  Object.assign(options, { timeout: 0, retries: 0 });
  const running = call
    ? callWithStream(gateway, ctx, call, stream, terms.objects ? exchange.uploadBegun() : undefined)
    : runHandler(event, ctx, stream);
  let hasFailed = false;
  running.then(
    (late) => {
      if (hasFailed) receiveResult(gateway, eventOf(ctx), late);
    },
    () => undefined,
  );
  try {
    return await Promise.race([running, exchange.uploadFailed]);
  } catch (error) {
    hasFailed = true;
    throw error;
  }
}

function runHandler(event: EventSteps, ctx: SocketContext, stream: UploadStream): PromiseLike<unknown> {
  Object.assign(ctx, { stream });
  return event.run(ctx);
}

/**
 * Gives an action its stream as moleculer-web does: beside the params, or, for Moleculer 0.14, in their place.
 *
 * @param begun what the call waits for: when the call is sent, Moleculer tells the other node whether objects will come
 */
async function callWithStream(
  { broker }: Gateway,
  ctx: SocketContext,
  call: ProxiedCall,
  stream: UploadStream,
  begun: Promise<void> | undefined,
): Promise<unknown> {
  const { options } = call;
  if (begun) await begun;
  if (takesStreamOption(broker)) {
    Object.assign(options, { stream });
    return callAction(ctx, call, ctx.params);
  }
  options.meta = { ...options.meta, ...metaOf(ctx.params) };
  return callAction(ctx, call, stream);
}

/** Returns what moleculer-web 0.10 puts into the meta of a call whose params are a stream. */
function metaOf(params: unknown): Record<string, unknown> {
  if (typeof params !== 'object' || params === null || Array.isArray(params)) return { $params: params };
  const {
    $filename: filename,
    $mimetype: mimetype,
    $encoding: encoding,
    $fieldname: fieldname,
    ...$params
  } = params as Record<string, unknown>;
  const texts = Object.entries({ filename, mimetype, encoding, fieldname }).filter(
    ([, value]) => typeof value === 'string',
  );
  return { ...Object.fromEntries(texts), $params };
}
