import type { ServiceBroker } from 'moleculer';

/** For so long after a look the next one waits, in milliseconds: nodes that come and go together are looked at once. */
const REST = 100;

/** Moleculer 0.14 does not say that services have changed where they are gone with their node. */
const CHANGES = ['$services.changed', '$node.disconnected'];

/**
 * Looks whenever services of the cluster have come, changed or gone: at once, and then at most ten times a second.
 *
 * @param look must not throw
 * @returns stops it
 */
export function followServices({ localBus }: ServiceBroker, look: () => void): () => void {
  let resting: NodeJS.Timeout | undefined;
  let missed = false;
  const changed = (): void => {
    if (resting) {
      missed = true;
      return;
    }
    resting = setTimeout(() => {
      resting = undefined;
      if (!missed) return;
      missed = false;
      changed();
    }, REST).unref();
    look();
  };
  for (const event of CHANGES) localBus.on(event, changed);
  return () => {
    for (const event of CHANGES) localBus.off(event, changed);
    clearTimeout(resting);
  };
}
