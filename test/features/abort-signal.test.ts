import { getEventListeners } from 'node:events';
import { expect } from 'chai';
import { Errors as MoleculerErrors } from 'moleculer';
import {
  OnCallError,
  OnDisconnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type SocketContext,
} from '../../src';
import { ask, CollectingLogger, connect, signal, start } from '../support/run-in-memory';

const settings = { port: 0 };

describe('ctx.signal', () => {
  @SocketNamespace('/x', { settings, limits: { concurrency: 100 } })
  class JobGateway extends SocketGateway {
    readonly running = signal<AbortSignal>();
    readonly ended = signal<unknown>();
    readonly gone = signal();
    late: AbortSignal | undefined;

    @SocketEvent()
    work(ctx: SocketContext) {
      return this.untilAborted(ctx);
    }
    @SocketEvent('impatient', { timeout: 30 })
    impatient(ctx: SocketContext) {
      return this.untilAborted(ctx);
    }
    @SocketEvent('forgiven', { timeout: 30 })
    forgiven(ctx: SocketContext) {
      return this.untilAborted(ctx);
    }
    @OnCallError('forgiven')
    forgive() {
      return 'never mind';
    }
    @SocketEvent('polls', { timeout: 20 })
    async polls(ctx: SocketContext) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      this.running.fire(ctx.signal);
      return ctx.signal === ctx.signal;
    }
    @SocketEvent()
    done(ctx: SocketContext) {
      this.late = ctx.signal;
      return ctx.signal.aborted;
    }
    @SocketEvent()
    fails(ctx: SocketContext) {
      this.late = ctx.signal;
      throw new Error('no');
    }
    @SocketEvent()
    async asksLate(ctx: SocketContext) {
      await this.gone;
      this.running.fire(ctx.signal);
    }
    @SocketEvent()
    same(ctx: SocketContext) {
      return ctx.signal === ctx.signal && (ctx.copy() as SocketContext).signal === ctx.signal;
    }
    @SocketEvent()
    careless(ctx: SocketContext) {
      const fail = () => {
        throw new Error('a listener that throws');
      };
      const off = () => this.heard.push('removed');
      ctx.signal.addEventListener('abort', off);
      ctx.signal.removeEventListener('abort', off);
      ctx.signal.addEventListener('abort', fail);
      ctx.signal.addEventListener('abort', fail);
      ctx.signal.onabort = async () => Promise.reject(new Error('one that rejects'));
      ctx.signal.addEventListener('abort', { handleEvent: () => this.heard.push('object') });
      return this.untilAborted(ctx);
    }
    readonly heard: string[] = [];
    @OnDisconnect()
    left() {
      this.gone.fire();
    }
    private async untilAborted(ctx: SocketContext): Promise<string> {
      const { signal: abort } = ctx;
      await new Promise<void>((resolve) => {
        abort.addEventListener('abort', () => resolve(), { once: true });
        this.running.fire(abort);
      });
      this.ended.fire(abort.reason);
      return 'too late';
    }
  }

  async function startJobs(logger?: CollectingLogger) {
    const running = await start(JobGateway, { logger: logger ?? false });
    return { running, client: await connect(running), gateway: running.gateway as unknown as JobGateway };
  }

  it('fires when the client goes, and nothing is answered', async () => {
    const { client, gateway } = await startJobs();
    let answers = 0;
    client.emit('work', () => answers++);
    const abort = await gateway.running;
    expect(abort.aborted).to.equal(false);
    client.disconnect();
    const reason = (await gateway.ended) as DOMException;
    expect([reason.name, reason.message]).to.deep.equal(['AbortError', 'the client has gone']);
    expect(answers).to.equal(0);
  });

  it('fires for every event that runs, and for those of one socket only', async () => {
    const { running, client, gateway } = await startJobs();
    const other = await connect(running);
    const seen: AbortSignal[] = [];
    (gateway as { running: unknown }).running = { fire: (one: AbortSignal) => seen.push(one) };
    for (let i = 0; i < 20; i++) client.emit('work');
    other.emit('work');
    await ask(client, 'done');
    await ask(other, 'done');
    expect(seen).to.have.length(21);
    client.disconnect();
    await gateway.gone;
    expect(seen.filter((one) => one.aborted)).to.have.length(20);
  });

  it('fires when the event takes longer than its timeout', async () => {
    const { client, gateway } = await startJobs();
    expect((await ask(client, 'impatient')).error).to.include({ code: 504, name: 'RequestTimeoutError' });
    expect(await gateway.ended).to.be.instanceOf(MoleculerErrors.RequestTimeoutError);
  });

  it('has fired for a handler that asks only when its time is over', async () => {
    const { client, gateway } = await startJobs();
    expect((await ask(client, 'polls')).error).to.include({ code: 504 });
    const { aborted, reason } = await gateway.running;
    expect(aborted).to.equal(true);
    expect(reason).to.be.instanceOf(MoleculerErrors.RequestTimeoutError);
  });

  it('fires then also where a hook forgives it', async () => {
    const { client, gateway } = await startJobs();
    expect((await ask(client, 'forgiven')).result).to.equal('never mind');
    expect(await gateway.ended).to.be.instanceOf(MoleculerErrors.RequestTimeoutError);
  });

  it('has fired for a handler that asks when the client has gone', async () => {
    const { client, gateway } = await startJobs();
    client.emit('asksLate');
    await ask(client, 'done');
    client.disconnect();
    expect((await gateway.running).aborted).to.equal(true);
  });

  it('is one for an event, and not made where nobody asks', async () => {
    const { client } = await startJobs();
    expect((await ask(client, 'same')).result).to.equal(true);
  });

  it('is let go when the event is done, well or not', async () => {
    const { client, gateway } = await startJobs();
    for (const event of ['done', 'fails']) {
      await ask(client, event);
      const abort = gateway.late as AbortSignal;
      expect(getEventListeners(abort, 'abort')).to.be.empty;
      gateway.late = abort;
    }
    const { late } = gateway;
    client.disconnect();
    await gateway.gone;
    expect(late?.aborted).to.equal(false);
  });

  it('has listeners that may throw: the log says so, and the others are called', async () => {
    const logger = new CollectingLogger();
    const { running, client, gateway } = await startJobs(logger);
    client.emit('careless');
    await gateway.running;
    client.disconnect();
    await gateway.ended;
    expect(gateway.heard).to.deep.equal(['object']);
    expect((await ask(await connect(running), 'done')).result).to.equal(false);
    expect(logger.having('a listener of ctx.signal failed: Error: a listener that throws')).to.have.length(1);
    expect(logger.having('a listener of ctx.signal failed: Error: one that rejects')).to.have.length(1);
  });
});
