import { expect } from 'chai';
import sinon, { type SinonFakeTimers } from 'sinon';
import {
  Authenticate,
  Authorize,
  RateLimit,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { testGateway, type TestGateway } from '../../src/testing';
import { failureOf } from './start-chat';

const HOUR_MS = 3_600_000;

@SocketNamespace('/x', { dependencies: ['clock'] })
@Authorize()
class TimedGateway extends SocketGateway {
  @Authenticate()
  authenticate() {
    return { id: 1 };
  }
  @SocketEvent('never', { timeout: 60_000 })
  never() {
    return new Promise(() => undefined);
  }
  @SocketEvent()
  async remind({ socket, params }: SocketContext<{ ms: number }>) {
    await new Promise((resolve) => setTimeout(resolve, params.ms));
    socket.emit('reminder');
    return 'reminded';
  }
  @SocketEvent()
  @RateLimit({ points: 1, duration: 60 })
  limited() {
    return 'ok';
  }
}

/** The methods that sinon and vitest fake by default, and those that jest does. */
const FAKED = {
  'sinon and vitest': undefined,
  jest: [
    'setTimeout',
    'clearTimeout',
    'setInterval',
    'clearInterval',
    'setImmediate',
    'clearImmediate',
    'Date',
    'nextTick',
    'queueMicrotask',
    'performance',
    'hrtime',
  ],
} as const;

describe('testing: fake timers', () => {
  for (const [runner, toFake] of Object.entries(FAKED)) {
    describe(`as those of ${runner}`, () => {
      let clock: SinonFakeTimers;
      let timed: TestGateway<TimedGateway>;

      beforeEach(async () => {
        clock = sinon.useFakeTimers({ now: Date.now(), ...(toFake && { toFake: [...toFake] }) });
        timed = await testGateway(TimedGateway, { services: [{ name: 'clock' }] });
      });
      afterEach(async () => {
        try {
          await timed.close();
        } finally {
          clock.restore();
        }
      });

      it('runs events while time stands still', async () => {
        const now = Date.now();
        const ann = await timed.connect({ user: { id: 1 } });
        expect(await ann.emit('limited')).to.equal('ok');
        await timed.settled();
        expect(Date.now()).to.be.within(now, now + 1000);
      });

      it('disconnects a user who expires in an hour', async () => {
        const exp = (Date.now() + HOUR_MS) / 1000;
        const [ann, bob] = await Promise.all([
          timed.connect({ user: { id: 1, exp } }),
          timed.connect({ user: { id: 2 } }),
        ]);
        await clock.tickAsync(HOUR_MS - 1000);
        await timed.settled();
        expect(ann.connected).to.equal(true);
        await clock.tickAsync(1000);
        expect(await ann.disconnected()).to.equal('io server disconnect');
        expect(await bob.emit('limited')).to.equal('ok');
      });

      it('ends a timeout, and gives points back', async () => {
        const ann = await timed.connect({ user: { id: 1 } });
        const late = failureOf(ann.emit('never'));
        expect(await ann.emit('limited')).to.equal('ok');
        expect(await failureOf(ann.emit('limited'))).to.include({ code: 429 });
        await clock.tickAsync(60_000);
        expect(await late).to.include({ code: 504 });
        expect(await ann.emit('limited')).to.equal('ok');
      });

      it('knows what waits for a fake timer, and fails in real time', async () => {
        const ann = await timed.connect({ user: { id: 1 } });
        ann.send('remind', { ms: 5000 });
        expect((await failureOf(ann.received('reminder', { timeout: 30 }))).message).to.equal(
          "'reminder' did not come within 30 ms; nothing came",
        );
        await clock.tickAsync(5000);
        await ann.received('reminder');
        await timed.settled();
      });

      it('runs after the clock was restored', async () => {
        const ann = await timed.connect({ user: { id: 1 } });
        const bob = await timed.connect({ user: { id: 2 } });
        ann.send('remind', { ms: 1000 });
        await clock.tickAsync(1000);
        bob.send('limited');
        clock.restore();
        await ann.received('reminder');
        expect(await failureOf(bob.emit('limited'))).to.include({ code: 429 });
      });

      it('breaks connections', async () => {
        const ann = await timed.connect({ user: { id: 1 } });
        ann.cut();
        await ann.disconnected();
        await ann.reconnect();
        expect(await ann.emit('limited')).to.equal('ok');
      });
    });
  }

  it('works with timers that are faked after the clients have connected', async () => {
    const timed = await testGateway(TimedGateway, { services: [{ name: 'clock' }] });
    const ann = await timed.connect({ user: { id: 1 } });
    const clock = sinon.useFakeTimers({ now: Date.now() });
    try {
      const reminded = ann.emit('remind', { ms: HOUR_MS });
      while (clock.countTimers() === 0) await Promise.resolve();
      await clock.tickAsync(HOUR_MS);
      expect(await reminded).to.equal('reminded');
    } finally {
      clock.restore();
    }
    await timed.close();
  });

  it('leaves no timer open that keeps the process alive, also when it is closed before the clock is restored', async () => {
    const timed = await testGateway(TimedGateway, { services: [{ name: 'clock' }] });
    const ann = await timed.connect({ user: { id: 1 } });
    const before = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    // The clock warns of timers that it has not made.
    const warn = sinon.stub(console, 'warn');
    const clock = sinon.useFakeTimers();
    try {
      await ann.emit('limited');
      await timed.close();
    } finally {
      clock.restore();
      warn.restore();
    }
    const after = process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    expect(after).to.be.at.most(before);
  });
});
