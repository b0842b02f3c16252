import { performance } from 'node:perf_hooks';
import { LOADS, expectedAnswer, type AckForm, type LoadName } from '../payloads';
import type { SocketClient } from './socket-client';

/** Connections of every variant. */
export const CONNECTIONS = 8;
/** Events of each connection that wait for their ack at any time, unless a group says otherwise. */
const IN_FLIGHT = 16;

/** What the generator has seen of some events. */
export interface Driven {
  readonly seconds: number;
  /** Of every event, from its sending to its ack, in milliseconds. */
  readonly latencies: Float64Array;
}

/**
 * Sends events over the connections, so many on the way at any time, and checks every ack.
 *
 * @param count of events, a multiple of the connections
 * @param inFlight events of each connection that wait for their ack at any time
 */
export async function driveEvents(
  clients: readonly SocketClient[],
  load: LoadName,
  ack: AckForm,
  count: number,
  inFlight = IN_FLIGHT,
): Promise<Driven> {
  const each = Math.floor(count / clients.length);
  const { packet } = LOADS[load];
  const expected = expectedAnswer(load, ack);
  const latencies = new Float64Array(each * clients.length);
  const begun = performance.now();
  await Promise.all(
    clients.map(
      (client, at) =>
        new Promise<void>((resolve, reject) => {
          const sentAt = new Float64Array(each);
          let sent = 0;
          let answered = 0;
          const send = (): void => {
            sentAt[sent] = performance.now();
            client.emit(sent++, packet);
          };
          client.onAck = (id, answer) => {
            if (answer !== expected) reject(new Error(`got ${answer} in place of ${expected}`));
            latencies[at * each + id] = performance.now() - (sentAt[id] as number);
            if (sent < each) send();
            if (++answered === each) resolve();
          };
          while (sent < Math.min(inFlight, each)) send();
        }),
    ),
  );
  return { seconds: (performance.now() - begun) / 1000, latencies };
}
