import { WebSocket } from 'ws';
import { AUTH, CHUNK_BYTES, MAX_UNACKNOWLEDGED, NAMESPACE } from '../payloads';

/*
 * A client that sends and takes chunks as docs/wire.md says, with as little work as possible: nothing is parsed but ids.
 */

const CHUNK = Buffer.alloc(CHUNK_BYTES, 'x');
const ACK = `43${NAMESPACE},`;
const CHUNK_EVENT = `451-${NAMESPACE},`;
const EVENT = `42${NAMESPACE},`;
/** The id of the ack of the event, above those of chunks. */
const EVENT_ID = 1_000_000;

export class StreamClient {
  private onText: (text: string) => void = () => undefined;
  private streams = 0;

  private constructor(private readonly ws: WebSocket) {
    ws.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) return;
      const text = data.toString('latin1');
      if (text === '2') ws.send('3');
      else this.onText(text);
    });
  }

  static connect(port: number): Promise<StreamClient> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
        perMessageDeflate: false,
        skipUTF8Validation: true,
      });
      ws.once('error', reject);
      const client = new StreamClient(ws);
      client.onText = (text) => {
        if (text.startsWith('0')) ws.send(`40${NAMESPACE},${JSON.stringify(AUTH)}`);
        else if (text.startsWith(`40${NAMESPACE},`)) resolve(client);
        else reject(new Error(`refused: ${text}`));
      };
    });
  }

  /** Sends so many chunks with the event `upload`. Resolves with its answer. */
  upload(chunks: number): Promise<void> {
    const id = `s${this.streams++}`;
    return new Promise((resolve, reject) => {
      let seq = 0;
      let underWay = 0;
      const send = (): void => {
        for (; underWay < MAX_UNACKNOWLEDGED && seq < chunks; underWay++, seq++) {
          this.ws.send(`${CHUNK_EVENT}${seq}["$stream:chunk","${id}",${seq},{"_placeholder":true,"num":0}]`);
          this.ws.send(CHUNK);
        }
        if (seq === chunks && underWay === 0) {
          seq++;
          this.ws.send(`${EVENT}["$stream:end","${id}"]`);
        }
      };
      this.onText = (text) => {
        if (!text.startsWith(ACK)) return;
        if (text.startsWith(`${EVENT_ID}[`, ACK.length)) {
          if (text.endsWith(`[null,${chunks * CHUNK_BYTES}]`)) resolve();
          else reject(new Error(`another answer: ${text}`));
          return;
        }
        underWay--;
        send();
      };
      this.ws.send(`${EVENT}${EVENT_ID}["upload",{"$stream":"${id}","upload":true}]`);
      send();
    });
  }

  /** Takes so many chunks of the event `download`. Resolves at its end. */
  download(chunks: number): Promise<void> {
    const id = `s${this.streams++}`;
    return new Promise((resolve, reject) => {
      let taken = 0;
      this.onText = (text) => {
        if (text.startsWith(CHUNK_EVENT)) {
          const ack = text.slice(CHUNK_EVENT.length, text.indexOf('[', CHUNK_EVENT.length));
          taken++;
          this.ws.send(`${ACK}${ack}[]`);
        } else if (text.startsWith(`${EVENT}["$stream:end","${id}"`)) {
          if (taken === chunks) resolve();
          else reject(new Error(`${taken} chunks in place of ${chunks}`));
        }
      };
      this.ws.send(`${EVENT}${EVENT_ID}["download",${chunks},{"$stream":"${id}"}]`);
    });
  }
}
