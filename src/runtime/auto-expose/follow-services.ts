import type { ServiceBroker } from 'moleculer';

/** The least time between two scans: nodes that come and go together are scanned once. */
const SCAN_INTERVAL_MS = 100;

/** Moleculer 0.14 does not emit `$services.changed` for services that are gone with their node. */
const CHANGES = ['$services.changed', '$node.disconnected'];

/**
 * Scans whenever services of the cluster come, change or go: at once, and then at most ten times a second.
 *
 * @param look must not throw
 * @returns a function that stops following
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
    }, SCAN_INTERVAL_MS).unref();
    look();
  };
  for (const event of CHANGES) localBus.on(event, changed);
  return () => {
    for (const event of CHANGES) localBus.off(event, changed);
    clearTimeout(resting);
  };
}
