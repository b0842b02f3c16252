import type { Report } from '../errors/run-safely';
import type { Gateway, HandOver } from '../model';

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
  await Promise.race([timeout, Promise.all(handOvers.map((run) => runOne(run, report)))]);
  clearTimeout(timer);
}

async function runOne(run: HandOver, report: Report): Promise<void> {
  try {
    await run();
  } catch (error) {
    report('a hand-over failed', error);
  }
}
