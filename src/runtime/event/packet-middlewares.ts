import { ServiceUnavailableError } from '../../errors';
import { isPromise } from '../errors/run-safely';
import type { GatewayRuntime } from '../gateway/build-gateway';
import type { SocketSession } from '../model';

/**
 * Takes a packet through all packet middlewares.
 *
 * @throws what the first that refuses passes to `next`, throws or rejects with; 503 where one never calls `next`
 */
export async function passPacketMiddlewares(
  gateway: GatewayRuntime,
  { socket, path }: SocketSession,
  packet: unknown[],
): Promise<void> {
  for (const middleware of gateway.plan.packetMiddlewares) {
    await pass(
      gateway.plan.limits.ackTimeout,
      'PACKET_MIDDLEWARE_TIMEOUT',
      (next) => middleware.call(gateway.service, packet, next, socket),
      () => gateway.metrics?.exceeded(path, 'ackTimeout'),
    );
  }
}

/**
 * Runs a middleware that goes on by calling `next`. A throw or a rejection of any value refuses.
 *
 * @param timeout milliseconds that it has; Infinity for no limit
 * @param type of the error where it takes longer
 * @param onLate told so
 */
export function pass(
  timeout: number,
  type: string,
  run: (next: (error?: unknown) => void) => unknown,
  onLate?: () => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = Number.isFinite(timeout)
      ? setTimeout(() => {
          onLate?.();
          reject(new ServiceUnavailableError(type));
        }, timeout).unref()
      : undefined;
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      act();
    };
    const refuse = (error: unknown): void => {
      settle(() => {
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- whatever was thrown is told apart later
        reject(error);
      });
    };
    try {
      const running = run((error) => {
        if (error) refuse(error);
        else settle(resolve);
      });
      if (isPromise(running)) running.then(undefined, refuse);
    } catch (error) {
      refuse(error);
    }
  });
}
