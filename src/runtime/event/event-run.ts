import { injectAck, keepsAck } from '../../plan/injected-ack';
import type { AckFunction, SocketContext } from '../../types';
import { answerError, answerResult, injectableAck } from '../answer/answer';
import { inspectResult } from '../answer/inspect-result';
import type { BoundEvent, EventMeter, EventSpan, SocketSession } from '../model';
import { failStream } from '../stream/fail-stream';
import type { Exchange } from '../stream/exchange';
import { isStreamable } from '../stream/source';
import { abortEvent } from './abort-signal';
import { eventOf, finishEvent, setExchange } from './event-context';
import { closeResources, disownResource } from './owned-resources';
import { answeringOf, downloadTermsOf } from './stream-terms';
import { awaitAnswer, HeldPacket, type BatchBytes } from './pending';
import { releaseSlot } from './slots';

/** One event of a socket from its arrival to its answer. However it ends, `end` releases what it holds. */
export class EventRun extends HeldPacket {
  ctx: SocketContext | undefined;
  /** True if the event holds one of the slots of `limits.concurrency`. */
  holdsSlot = false;
  private span: EventSpan | undefined;
  private readonly meter: EventMeter | undefined;
  private readonly beganAt: number;
  private failure: unknown;
  private errorCode: unknown;

  /**
   * @param ack undefined if the client wants no answer
   * @param bytes of its packet; 0 if the packet has several calls
   * @param batch the bytes of a packet of several calls
   * @param exchange the streams that the client has offered with the event
   */
  constructor(
    session: SocketSession,
    readonly event: BoundEvent,
    ack: AckFunction | undefined,
    bytes: number,
    private readonly batch: BatchBytes | undefined,
    private readonly exchange: Exchange | undefined,
  ) {
    super(session, ack && event.answersItself ? awaitAnswer(session, ack) : ack, bytes);
    this.meter = session.gateway.metrics?.event(session.path, event.plan.name);
    this.beganAt = this.meter ? this.meter.begin() : 0;
  }

  override get hasBegun(): boolean {
    return this.ctx !== undefined;
  }

  /** Starts the event, which has its context now. */
  begin(ctx: SocketContext): void {
    const { ack, event, session } = this;
    this.ctx = ctx;
    if (this.exchange) {
      setExchange(ctx, this.exchange);
      this.exchange.onStop((reason) => {
        abortEvent(session, ctx, reason);
      });
    }
    if (event.trace) this.span = event.trace(ctx, session.path);
    // A function of moleculer-io's settings gets an ack only if the client asked for an answer.
    if (event.answersItself && (ack || event.plan.target.kind === 'handler'))
      injectAck(ctx, injectableAck(session.gateway, session.socket, ctx, ack));
  }

  /**
   * Answers with a result, unless the handler answers by itself.
   *
   * @param isPlain true if the result is known to be plain data
   * @returns a promise that resolves when a stream that is the answer has ended; undefined if it is none
   */
  succeed(result: unknown, isPlain: boolean): Promise<void> | undefined {
    const { ack, ctx, event, exchange, session } = this;
    if (!ack || (event.answersItself && ctx && keepsAck(ctx))) return undefined;
    if (!isPlain && ctx && exchange && event.streams && isStreamable(result))
      return this.answerWithStream(ctx, ack, exchange, result);
    const refusal = isPlain ? undefined : inspectResult(result).refusal;
    if (refusal) this.fail(refusal);
    else answerResult(session.gateway, session.socket, ctx, ack, result);
    return undefined;
  }

  /** Answers with a stream, and sends it. The event is pending until it has ended; others take its slot meanwhile. Never rejects. */
  private async answerWithStream(
    ctx: SocketContext,
    ack: AckFunction,
    exchange: Exchange,
    result: object,
  ): Promise<void> {
    const { gateway, socket } = this.session;
    const { answering = answeringOf(this.event, ctx, undefined) } = exchange;
    let send: () => Promise<void>;
    try {
      send = exchange.prepareDownload(result, downloadTermsOf(gateway, this.event, answering));
    } catch (error) {
      this.fail(error);
      return;
    }
    const owner = eventOf(ctx);
    disownResource(owner, result);
    closeResources(gateway, owner);
    answerResult(gateway, socket, ctx, ack, { $stream: exchange.$stream });
    this.giveSlotBack();
    try {
      await send();
    } catch (error) {
      this.failStream(exchange.$stream, error);
    }
  }

  /** Ends a stream with an error. */
  private failStream(id: string, error: unknown): void {
    const { ctx, session } = this;
    this.failure = error;
    this.span?.fail(error);
    const shown = answerError(session.gateway, session.socket, ctx, undefined, error);
    this.errorCode = shown.code;
    failStream(session, id, shown);
  }

  fail(error: unknown): void {
    const { ack, ctx, session } = this;
    this.failure = error;
    this.span?.fail(error);
    this.errorCode = answerError(session.gateway, session.socket, ctx, ack, error).code;
  }

  end(): void {
    const { ctx, errorCode, session } = this;
    this.meter?.end(this.beganAt);
    if (errorCode !== undefined) session.gateway.metrics?.refusedPacket(session.path, errorCode);
    this.span?.finish();
    if (ctx) {
      finishEvent(ctx, this.failure);
      closeResources(session.gateway, eventOf(ctx));
    }
    this.release();
    this.batch?.endCall();
    this.exchange?.release();
    this.giveSlotBack();
  }

  private giveSlotBack(): void {
    if (this.holdsSlot) releaseSlot(this.session);
    this.holdsSlot = false;
  }
}
