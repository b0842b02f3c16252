import { Errors } from 'moleculer';
import type { StreamPlan } from '../../plan/plan';
import type { SocketContext } from '../../types';
import type { EventSteps, Gateway } from '../model';
import type { DownloadTerms } from '../stream/download';
import type { UploadTerms } from '../stream/upload';
import type { ProxiedCall } from './call-action';

/** Returns how long a stream that answers an event may take. */
export function downloadTermsOf(
  { broker }: Gateway,
  { action, endpoint, streams }: EventSteps,
  ctx: SocketContext,
): DownloadTerms {
  return {
    timeout: timeoutOf(ctx, ctx.options, endpoint?.action),
    idle: streams?.idle ?? Infinity,
    lateAnswer: () => new Errors.RequestTimeoutError({ action, nodeID: broker.nodeID }),
  };
}

/** Returns how an event takes its upload. */
export function uploadTermsOf(
  { broker }: Gateway,
  { maxBytes, objects, idle }: StreamPlan,
  ctx: SocketContext,
  { action, options, endpoint }: Pick<ProxiedCall, 'action' | 'options'> & { endpoint: unknown },
): UploadTerms {
  const { action: declared } = Object(endpoint) as { action?: object };
  return {
    maxBytes,
    objects,
    idle,
    timeout: timeoutOf(ctx, options, declared),
    lateAnswer: () => new Errors.RequestTimeoutError({ action, nodeID: broker.nodeID }),
  };
}

/** Returns the timeout of a call, as Moleculer finds it: that of the call, of the action, of the broker. */
function timeoutOf(ctx: SocketContext, options: { timeout?: unknown }, declared?: object): number {
  const { timeout: ofAction } = (declared ?? {}) as { timeout?: unknown };
  const timeout = options.timeout ?? ofAction ?? ctx.broker.options.requestTimeout;
  return typeof timeout === 'number' && timeout > 0 ? timeout : Infinity;
}
