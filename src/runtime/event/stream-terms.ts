import { Errors } from 'moleculer';
import type { StreamPlan } from '../../plan/plan';
import type { SocketContext } from '../../types';
import type { EventSteps, Gateway } from '../model';
import type { DownloadTerms } from '../stream/download';
import type { Answering } from '../stream/exchange';
import type { UploadTerms } from '../stream/upload-terms';
import type { ProxiedCall } from './call-action';

/**
 * Returns what answers an event, and how long it may take: the timeout of the call, of the action, of the broker, as Moleculer finds
 * it. Must be called before the call starts, and after the hooks that may change its options.
 */
export function answeringOf(
  { action, endpoint }: EventSteps,
  ctx: SocketContext,
  call: ProxiedCall | undefined,
): Answering {
  const { timeout: ofCall } = (call ?? ctx).options as { timeout?: unknown };
  const { timeout: ofAction } = (call?.endpoint ?? endpoint)?.action ?? { timeout: undefined };
  const timeout = ofCall ?? ofAction ?? ctx.broker.options.requestTimeout;
  return {
    action: call?.action ?? action,
    timeout: typeof timeout === 'number' && timeout > 0 ? timeout : Infinity,
  };
}

/** Returns how long a stream that answers an event may take. */
export function downloadTermsOf(
  { broker }: Gateway,
  { streams }: EventSteps,
  { action, timeout }: Answering,
): DownloadTerms {
  return {
    timeout,
    idle: streams?.idle ?? Infinity,
    lateAnswer: () => new Errors.RequestTimeoutError({ action, nodeID: broker.nodeID }),
  };
}

/** Returns how an event takes its upload. */
export function uploadTermsOf(
  { broker }: Gateway,
  { maxBytes, objects, idle }: StreamPlan,
  { action, timeout }: Answering,
): UploadTerms {
  return {
    maxBytes,
    objects,
    idle,
    timeout,
    lateAnswer: () => new Errors.RequestTimeoutError({ action, nodeID: broker.nodeID }),
  };
}
