import { injectAck, keepsAck } from '../../plan/injected-ack';
import type { AckFunction, SocketContext } from '../../types';
import { answerError, answerResult, injectableAck } from '../answer/answer';
import { inspectResult } from '../answer/inspect-result';
import type { BoundEvent, EventMeter, EventSpan, SocketSession } from '../model';
import { eventOf, finishEvent } from './event-context';
import { closeResources } from './owned-resources';
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
   */
  constructor(
    session: SocketSession,
    readonly event: BoundEvent,
    ack: AckFunction | undefined,
    bytes: number,
    private readonly batch: BatchBytes | undefined,
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
    if (event.trace) this.span = event.trace(ctx, session.path);
    // A function of moleculer-io's settings gets an ack only if the client asked for an answer.
    if (event.answersItself && (ack || event.plan.target.kind === 'handler'))
      injectAck(ctx, injectableAck(session.gateway, session.socket, ctx, ack));
  }

  /**
   * Answers with a result, unless the handler answers by itself.
   *
   * @param isPlain true if the result is known to be plain data
   */
  succeed(result: unknown, isPlain: boolean): void {
    const { ack, ctx, event, session } = this;
    if (!ack || (event.answersItself && ctx && keepsAck(ctx))) return;
    const refusal = isPlain ? undefined : inspectResult(result).refusal;
    if (refusal) this.fail(refusal);
    else answerResult(session.gateway, session.socket, ctx, ack, result);
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
    if (this.holdsSlot) releaseSlot(session);
  }
}
