import { once } from 'node:events';
import { expect } from 'chai';
import type { Socket } from 'socket.io-client';
import { Errors, MessageBody, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { CallError, typed, type GatewayTypes } from '../../src/client';
import { connect, start } from '../support/run-gateway';

interface Types extends GatewayTypes {
  toServer: Record<string, (...args: any[]) => void>;
  toClient: { told: (text: string) => void };
  calls: Record<'echo' | 'nothing' | 'refuse' | 'wait' | 'cut' | 'count', (...args: any[]) => any>;
}

class ChatGateway extends SocketGateway {
  runs = 0;
  @SocketEvent() echo(@MessageBody() text: string) {
    return { text };
  }
  @SocketEvent() nothing(): void {}
  @SocketEvent() refuse() {
    throw new Errors.ForbiddenError('NOT_YOURS', { owner: 'ben' });
  }
  @SocketEvent() wait() {
    this.runs++;
    return new Promise((resolve) => setTimeout(resolve, 50, 'late'));
  }
  /** Breaks the connection the first time. */
  @SocketEvent() cut(@MessageBody({ type: Number }) times: number) {
    if (++this.runs > times) return this.runs;
    for (const { sockets } of this.namespaces.values())
      for (const socket of sockets.values()) socket.conn.close();
    return new Promise(() => undefined);
  }
}

@SocketNamespace('/first', { name: 'first', settings: { port: 0 } })
class ErrorFirst extends ChatGateway {}
@SocketNamespace('/object', { name: 'object', ack: 'object', settings: { port: 0 } })
class ObjectAcks extends ChatGateway {}

/** What a promise is rejected with. */
const failureOf = (promise: Promise<unknown>): Promise<any> =>
  promise.then(
    () => expect.fail('it did not fail'),
    (error: unknown) => error,
  );

for (const Gateway of [ErrorFirst, ObjectAcks]) {
  describe(`calls of a typed client, with acks of ${Gateway.name}`, () => {
    let socket: Socket;
    let client: ReturnType<typeof typed<Types>>;

    beforeEach(async () => {
      const running = await start(Gateway);
      const path = Gateway === ErrorFirst ? '/first' : '/object';
      socket = await connect(running, path, { reconnection: true, reconnectionDelay: 10 });
      client = typed<Types>(socket, { timeout: 5000 });
    });
    afterEach(() => {
      client.close();
    });

    it('give results', async () => {
      expect(await client.call('echo', 'tea')).to.deep.equal({ text: 'tea' });
      expect(await client.call('nothing')).to.be.oneOf([null, undefined]);
    });

    it('fail with the error of the gateway', async () => {
      const error = await failureOf(client.call('refuse'));
      expect(error).to.be.instanceOf(CallError).and.instanceOf(Error);
      expect({ ...error, message: error.message }).to.deep.equal({
        name: 'ForbiddenError',
        message: 'Forbidden',
        code: 403,
        type: 'NOT_YOURS',
        data: { owner: 'ben' },
        event: 'refuse',
      });
      const invalid = await failureOf(client.call('echo', 5));
      expect(invalid).to.include({ code: 422, name: 'ValidationError', event: 'echo' });
      expect(invalid.data).to.have.length(1);
    });

    it('fail after their timeout, and with the reason of their signal', async () => {
      expect(await failureOf(client.with({ timeout: 10 }).call('wait'))).to.include({
        code: 504,
        type: 'TIMEOUT',
        message: "'wait' was not answered within 10 ms: it may have run",
      });
      const reason = new Error('the page was left');
      expect(await failureOf(client.with({ signal: AbortSignal.abort(reason) }).call('wait'))).to.equal(
        reason,
      );
      const ending = new AbortController();
      const failure = failureOf(client.with({ signal: ending.signal }).call('wait'));
      ending.abort('enough');
      expect(await failure).to.equal('enough');
      expect(await client.with({ timeout: Infinity }).call('wait')).to.equal('late');
    });

    it('fail where it is not known whether they ran', async () => {
      const error = await failureOf(client.call('cut', 1));
      expect(error).to.include({ code: 503, type: 'DISCONNECTED', event: 'cut' });
      expect(error.message).to.match(
        /^the connection broke \(transport close\) before 'cut' was answered: it may have run$/,
      );
    });

    it('are sent again after a reconnect if they are idempotent', async () => {
      expect(await client.with({ idempotent: true }).call('cut', 2)).to.equal(3);
    });

    it('are never sent after their end', async () => {
      socket.disconnect();
      expect(await failureOf(client.with({ timeout: 10 }).call('wait'))).to.include({
        type: 'TIMEOUT',
        message: "'wait' was not sent within 10 ms: there is no connection",
      });
      const waiting = client.call('cut', 0);
      const connected = once(socket as never, 'connect');
      socket.connect();
      await connected;
      // Only the call that was still waiting has run.
      expect(await waiting).to.equal(1);
    });

    it('leave no listeners behind', async () => {
      const count = () => ['connect', 'disconnect'].map((event) => socket.listeners(event as never).length);
      const before = count();
      await client.call('nothing');
      await failureOf(client.with({ timeout: 1 }).call('wait'));
      expect(count()).to.deep.equal(before);
      client.close();
      expect(count()).to.deep.equal(before.map((one) => one - 1));
    });
  });
}
