import type { Readable } from 'node:stream';
import { expect } from 'chai';
import type { ServiceSchema } from 'moleculer';
import { MessageStream, SocketEvent, SocketGateway, SocketNamespace, type ActionProxy } from '../../src';
import { ask, connect, signal, start } from '../support/run-gateway';
import { download, upload } from '../support/stream-client';
import { watchStreams } from '../support/streams-left';

/** Timeout of the broker: shorter than the first item of each stream takes. */
const REQUEST_TIMEOUT_MS = 60;

let go = signal();

/** A stream whose first item comes when `go` has fired. */
async function* late() {
  await go;
  yield 'first';
}

const rows: ServiceSchema = {
  name: 'rows',
  actions: {
    ping: { socket: 'exposed ping', handler: () => 'pong' },
    late: { socket: { event: 'exposed late', streams: true }, handler: late },
    patient: {
      timeout: 600_000,
      socket: { event: 'exposed patient', streams: true },
      handler: late,
    },
  } as ServiceSchema['actions'],
};

@SocketNamespace('/x', { settings: { port: 0 }, autoExpose: true })
class ClockGateway extends SocketGateway {
  @SocketEvent()
  ping() {
    return 'pong';
  }
  @SocketEvent('call', { whitelist: ['rows.*'], streams: true })
  call!: ActionProxy;
  @SocketEvent('patient call', { whitelist: ['rows.*'], streams: true, callOptions: { timeout: 600_000 } })
  patientCall!: ActionProxy;
  @SocketEvent('short call', { whitelist: ['rows.*'], streams: true, callOptions: { timeout: 40 } })
  shortCall!: ActionProxy;
  @SocketEvent('late', { stream: {} })
  async *late() {
    yield* late();
  }
  @SocketEvent('patient', { timeout: 600_000 })
  async *patient() {
    yield* late();
  }
  @SocketEvent()
  async *answers(@MessageStream() stream: Readable) {
    stream.resume();
    yield* late();
  }
}

const LATE: [event: string, ...args: unknown[]][] = [
  ['late'],
  ['call', 'rows.late', {}],
  ['exposed late'],
  ['short call', 'rows.patient', {}],
];
const PATIENT: [event: string, ...args: unknown[]][] = [
  ['patient'],
  ['call', 'rows.patient', {}],
  ['exposed patient'],
  ['patient call', 'rows.late', {}],
];

describe('the time for the first chunk of a download', () => {
  beforeEach(() => {
    go = signal();
  });

  async function serve() {
    const running = await start([ClockGateway, rows], { requestTimeout: REQUEST_TIMEOUT_MS });
    const client = await connect(running);
    const isExposed = async (): Promise<boolean> => (await ask(client, 'exposed ping')).result === 'pong';
    while (!(await isExposed())) await new Promise((resolve) => setTimeout(resolve, 1));
    return { client, left: watchStreams(running, client) };
  }

  for (const [event, ...args] of LATE)
    it(`ends with the timeout of its call, its action or the broker: ${event} ${args.slice(0, 1).join()}`, async () => {
      const { client, left } = await serve();
      const { error, chunks } = await download(client, event, args);
      expect(error).to.include({ code: 504, type: 'REQUEST_TIMEOUT' });
      expect(chunks).to.deep.equal([]);
      go.fire();
      await left();
    });

  for (const [event, ...args] of PATIENT)
    it(`is that of its call or its action, not that of the broker: ${event} ${args.slice(0, 1).join()}`, async () => {
      const { client, left } = await serve();
      const whole = download(client, event, args);
      await new Promise((resolve) => setTimeout(resolve, REQUEST_TIMEOUT_MS * 3));
      go.fire();
      const { error, chunks } = await whole;
      expect(error).to.equal(undefined);
      expect(chunks).to.deep.equal([['first']]);
      await left();
    });

  it('ends also if the client sends a stream with the event', async () => {
    const { client, left } = await serve();
    const ended = new Promise((resolve) => client.on('$stream:end', (_id, error) => resolve(error)));
    const { result } = await upload(client, 'answers', [], [Buffer.alloc(10)]);
    expect(result).to.have.property('$stream');
    expect(await ended).to.include({ code: 504, type: 'REQUEST_TIMEOUT' });
    go.fire();
    await left();
  });
});
