import { WebSocket } from 'ws';
import { AUTH, NAMESPACE } from '../payloads';

/*
 * A Socket.IO client that does as little as possible: text frames of the Engine.IO and Socket.IO protocols over a
 * websocket, no parsing but of ids. What the generator does not spend, it can spend on load.
 */

const ACK = `43${NAMESPACE},`;
const EVENT = `42${NAMESPACE},`;
const ENTERED = `40${NAMESPACE},`;
const REFUSED = `44${NAMESPACE},`;

export class SocketClient {
  /** Called with the id of an ack and the text of its arguments. */
  onAck: (id: number, answer: string) => void = () => undefined;
  /** Called when an event of the server's arrives. */
  onEvent: () => void = () => undefined;
  /** True to answer what the server asks. */
  answers = false;

  private constructor(
    private readonly ws: WebSocket,
    /** The id of the socket. */
    readonly id: string,
  ) {
    ws.on('message', (data: Buffer) => {
      const text = data.toString('latin1');
      if (text.startsWith(ACK)) {
        const start = text.indexOf('[', ACK.length);
        this.onAck(Number(text.slice(ACK.length, start)), text.slice(start));
      } else if (text.startsWith(EVENT)) {
        if (this.answers) this.answer(text);
        this.onEvent();
      } else if (text === '2') ws.send('3');
    });
  }

  /**
   * Opens a connection and enters the namespace.
   *
   * @param auth what the client sends when it enters
   */
  static connect(port: number, auth: object = AUTH): Promise<SocketClient> {
    return new Promise((resolve, reject) => {
      const ws = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`, {
        perMessageDeflate: false,
        skipUTF8Validation: true,
      });
      ws.once('error', reject);
      const onMessage = (data: Buffer): void => {
        const text = data.toString('latin1');
        if (text.startsWith('0')) ws.send(ENTERED + JSON.stringify(auth));
        else if (text.startsWith(ENTERED)) {
          ws.off('message', onMessage);
          // Later errors, a connection that is reset, are told by 'close'.
          ws.off('error', reject).on('error', () => undefined);
          resolve(new SocketClient(ws, (JSON.parse(text.slice(ENTERED.length)) as { sid: string }).sid));
        } else if (text.startsWith(REFUSED)) reject(new Error(`refused: ${text}`));
      };
      ws.on('message', onMessage);
    });
  }

  /** @param packet the text of the event and its arguments */
  emit(id: number, packet: string): void {
    this.ws.send(`${EVENT}${id}${packet}`);
  }

  /** Resolves when the connection is closed, by whichever side. */
  untilClosed(): Promise<void> {
    if (this.ws.readyState === WebSocket.CLOSED) return Promise.resolve();
    return new Promise((resolve) => {
      this.ws.once('close', () => {
        resolve();
      });
    });
  }

  get isOpen(): boolean {
    return this.ws.readyState === WebSocket.OPEN;
  }

  private answer(text: string): void {
    const start = text.indexOf('[', EVENT.length);
    if (start > EVENT.length) this.ws.send(`${ACK}${text.slice(EVENT.length, start)}["yes"]`);
  }

  /** Breaks the connection, and waits until it is closed on this side. */
  close(): Promise<void> {
    const closed = this.untilClosed();
    this.ws.terminate();
    return closed;
  }
}
