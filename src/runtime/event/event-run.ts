import { injectAck } from '../../plan/injected-ack';
import type { AckFunction } from '../../types';
import { answerError, answerResult, injectableAck } from '../answer/answer';
import type { Meter } from '../observe/meter';
import type { BoundEvent, GatewayRuntime } from '../gateway/build-gateway';
import { finishEvent, type EventContext } from './event-context';
import type { SocketSession } from '../model';
import type { EventSpan } from '../observe/event-span';
import { passTurn } from './slots';

/** One event of a socket from its arrival to its answer: what has to be put right when it ends, however it ends. */
export class EventRun {
  ctx: EventContext | undefined;
  /** It is among those that run; the next that waits comes after it. */
  hasTurn = false;
  private span: EventSpan | undefined;
  private readonly meter: Meter | undefined;
  private readonly beganAt: number;
  private failure: unknown;
  private errorCode: unknown;

  constructor(
    readonly gateway: GatewayRuntime,
    readonly session: SocketSession,
    readonly event: BoundEvent,
    private readonly ack: AckFunction | undefined,
  ) {
    this.meter = gateway.metrics?.event(session.path, event.plan.name);
    this.beganAt = this.meter ? this.meter.begin() : 0;
    session.pending++;
  }

  /** The event has its context, and may begin. */
  begin(ctx: EventContext): void {
    const { ack, event, gateway, session } = this;
    this.ctx = ctx;
    if (event.trace) this.span = event.trace(ctx, session.path);
    if (ack && event.answersItself) injectAck(ctx, injectableAck(gateway, session.socket, ctx, ack));
  }

  succeed(result: unknown): void {
    const { ack, ctx, event, gateway, session } = this;
    if (ack && !event.answersItself) answerResult(gateway, session.socket, ctx, ack, result);
  }

  fail(error: unknown): void {
    const { ack, ctx, gateway, session } = this;
    this.failure = error;
    this.span?.fail(error);
    this.errorCode = answerError(gateway, session.socket, ctx, ack, error).code;
  }

  end(): void {
    const { ctx, errorCode, gateway, session } = this;
    this.meter?.end(this.beganAt);
    if (errorCode !== undefined) gateway.metrics?.refusedPacket(session.path, errorCode);
    this.span?.finish();
    if (ctx) finishEvent(ctx, this.failure);
    session.pending--;
    if (this.hasTurn) passTurn(session);
  }
}
