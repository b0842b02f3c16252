import { expect } from 'chai';
import { SocketEvent, SocketGateway, SocketNamespace, type SocketContext } from '../../src';
import { ask, connect, start } from '../support/run-gateway';
import { startClock, stopClock } from '../support/stop-clock';

/*
 * test/cost/large-payloads.test.ts looks at the time that they take.
 */

const settings = { port: 0 };

describe('a large payload', () => {
  afterEach(startClock);

  it('makes no validation write the messages of more than 20,000 errors', async () => {
    @SocketNamespace('/x', { settings })
    class SaveGateway extends SocketGateway {
      @SocketEvent('save', { params: { lines: { type: 'array', items: 'string' } } })
      save(_ctx: SocketContext) {
        return 'saved';
      }
    }
    const client = await connect(await start(SaveGateway));
    stopClock();
    const saved = (length: number) => ask(client, 'save', { lines: Array.from({ length }, () => 1) });
    expect((await saved(1_000)).error).to.have.nested.property('data.length', 100);
    expect((await saved(20_001)).error).to.deep.include({
      code: 413,
      type: 'PAYLOAD_TOO_LARGE',
      data: { maxValidationErrors: 20_000 },
    });
  });

  it('has its params sanitized once, whatever the size', async () => {
    const got: unknown[] = [];
    const double = (value: number): number => value * 2;
    @SocketNamespace('/x', { settings })
    class SumGateway extends SocketGateway {
      @SocketEvent('sum', {
        params: {
          items: { type: 'array', items: { type: 'number', custom: double } },
          unit: { type: 'string', default: 'm' },
        },
      })
      sum(ctx: SocketContext<{ items: number[] }>) {
        got.push(ctx.params);
      }
    }
    // 0.14 calls custom functions another way by default.
    const validator = { type: 'Fastest', options: { useNewCustomCheckerFunction: true } } as never;
    const client = await connect(await start(SumGateway, { validator }));
    for (const length of [3, 3000]) {
      const items = Array.from({ length }, (_, i) => i);
      expect(await ask(client, 'sum', { items })).to.deep.equal({ error: null, result: null });
      expect(got.pop()).to.deep.equal({ items: items.map(double), unit: 'm' });
    }
    const { error } = await ask(client, 'sum', { items: Array.from({ length: 300 }, () => 'x') });
    expect(error).to.include({ name: 'ValidationError', code: 422 });
    expect(error).to.have.nested.property('data[0].field', 'items[0]');
  });
});
