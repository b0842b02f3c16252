import { runSafely } from '../errors/run-safely';
import type { Gateway } from '../model';

/** A hand-over that takes longer is not awaited any more: the broker is to stop. */
const HAND_OVER_TIMEOUT_MS = 5_000;

const handedOver = new WeakMap<Gateway, Promise<void>>();

/** Hands over to other nodes what a drained gateway knows, once. Presence and sessions register in `gateway.handOvers`. */
export function handOver(gateway: Gateway): Promise<void> {
  const running = handedOver.get(gateway) ?? runAll(gateway);
  handedOver.set(gateway, running);
  return running;
}

async function runAll({ handOvers, report }: Gateway): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, HAND_OVER_TIMEOUT_MS);
  });
  await Promise.race([
    timeout,
    Promise.all(
      handOvers.map(
        (run) =>
          new Promise<void>((resolve) => {
            const failed: Gateway['report'] = (what, error) => {
              report(what, error);
              resolve();
            };
            runSafely('a hand-over failed', failed, async () => {
              await run();
              resolve();
            });
          }),
      ),
    ),
  ]);
  clearTimeout(timer);
}
