import { request, type IncomingMessage, type RequestOptions } from 'node:http';

/** Between the packets of one body. */
const SEPARATOR = '\u001e';

/** Where a server listens. */
export type Address = { readonly port: number } | { readonly socketPath: string };

/*
 * A client over polling whose packets are written as they go over the wire, as those of `RawClient`. Unlike socket.io-client it can
 * reach a Unix socket.
 */
export class PollingClient {
  private constructor(
    private readonly address: Address,
    private readonly sid: string,
  ) {}

  static async open(address: Address): Promise<PollingClient> {
    const [, body] = await exchange(address, 'GET', '');
    return new PollingClient(address, (JSON.parse(body.slice(1)) as { sid: string }).sid);
  }

  /** Sends packets in one body. Returns the status. */
  async send(...packets: string[]): Promise<number> {
    const [status] = await exchange(this.address, 'POST', `&sid=${this.sid}`, packets.join(SEPARATOR));
    return status;
  }

  /** Polls once. Returns the packets; undefined if the connection has ended. */
  async poll(): Promise<string[] | undefined> {
    const [status, body] = await exchange(this.address, 'GET', `&sid=${this.sid}`);
    if (status !== 200) return undefined;
    const packets = body.split(SEPARATOR);
    // Engine.IO asks whether the client is still there.
    if (packets.includes('2')) await this.send('3');
    return packets;
  }

  /** Polls until a packet begins so; rejects if the connection ends before. */
  async message(begin: string): Promise<string> {
    for (let packets = await this.poll(); packets; packets = await this.poll()) {
      const found = packets.find((packet) => packet.startsWith(begin));
      if (found !== undefined) return found;
      if (packets.includes('1')) break;
    }
    throw new Error(`the connection ended before ${begin}`);
  }

  /** Polls until the connection has ended. Returns all packets that were received. */
  async ended(): Promise<string[]> {
    const received: string[] = [];
    for (let packets = await this.poll(); packets; packets = await this.poll()) {
      received.push(...packets);
      if (packets.includes('1')) break;
    }
    return received;
  }
}

function exchange(address: Address, method: string, query: string, body?: string): Promise<[number, string]> {
  const options: RequestOptions = {
    ...address,
    host: '127.0.0.1',
    method,
    path: `/socket.io/?EIO=4&transport=polling${query}`,
    agent: false,
    headers: { 'content-type': 'text/plain;charset=UTF-8' },
  };
  return new Promise((resolve, reject) => {
    const outgoing = request(options, (response: IncomingMessage) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (text += part));
      response.on('end', () => resolve([response.statusCode ?? 0, text]));
      response.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
