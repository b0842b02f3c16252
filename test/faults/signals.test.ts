import { expect } from 'chai';
import { ChildServer } from '../support/child-server';
import { connect, signal, type Client } from '../support/run-gateway';

/** A client that has no mercy: it knows what became of everything that it has asked. */
class Busy {
  readonly outcomes = new Map<number, unknown[]>();
  readonly left = signal<string>();
  answered = 0;
  sent = 0;

  constructor(private readonly client: Client) {
    client.once('disconnect', (reason) => this.left.fire(reason));
  }

  /** Keeps so many events under way until it is disconnected. */
  work(underWay: number): void {
    while (this.client.connected && this.sent - this.answered < underWay) {
      const number = ++this.sent;
      const answer = (error: unknown, result: unknown): void => {
        this.outcomes.set(number, [...(this.outcomes.get(number) ?? []), error ?? result]);
        this.answered++;
        this.work(underWay);
      };
      if (number % 2) this.client.emit('work', number, answer);
      else this.client.emit('call', 'busy.act', { number }, answer);
    }
  }
}

describe('SIGTERM', () => {
  for (const transport of ['websocket', 'polling']) {
    it(`ends a process under load in order and in time: each event is answered, or its client disconnected (${transport})`, async () => {
      const server = await ChildServer.start('faults/signalled-server');
      const busy = await Promise.all(
        Array.from(
          { length: 20 },
          async () => new Busy(await connect(server, '/x', { transports: [transport] })),
        ),
      );
      for (const one of busy) one.work(10);
      while (busy.some(({ answered }) => answered < 20))
        await new Promise((resolve) => setTimeout(resolve, 5));

      server.process.kill('SIGTERM');
      const reasons = await Promise.all(busy.map(({ left }) => left));
      expect(await server.ended).to.deep.equal({ code: 0, signal: null });
      expect(server.output).to.equal('');
      expect(server.failures).to.deep.equal([]);
      for (const reason of reasons) expect(reason).to.be.oneOf(['transport close', 'transport error']);
      for (const one of busy) {
        for (const [number, answers] of one.outcomes) {
          expect(answers, String(number)).to.have.length(1);
          // The action may be gone a moment before the client is.
          if (answers[0] !== number) expect(answers[0]).to.include.keys('name', 'message', 'code');
        }
        // What was not answered was under way when the client was told that it is disconnected.
        expect(one.sent - one.outcomes.size).to.be.within(0, 10);
      }
    });
  }
});
