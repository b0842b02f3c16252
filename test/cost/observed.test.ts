import { expect } from 'chai';
import { stub } from 'sinon';
import {
  Ctx,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
  type SocketContext,
} from '../../src';
import { CollectingExporter } from '../support/collecting-exporter';
import { afterwards, ask, connect, start, type Client, type Running } from '../support/run-gateway';
import { MATH } from './count-per-event';

const EVENTS = 50;

describe('the cost of an event that is observed', () => {
  @SocketNamespace('/x', { settings: { port: 0 } })
  class ObservedGateway extends SocketGateway {
    @SocketEvent()
    ping() {
      return 'pong';
    }
    @SocketEvent()
    add(@MessageBody({ unchecked: true }) params: object, @Ctx() ctx: SocketContext) {
      return ctx.call('math.add', params);
    }
    @SocketEvent({ whitelist: ['math.*'] })
    call!: ActionProxy;
  }
  let running: Running;
  let client: Client;

  beforeEach(async () => {
    running = await start([ObservedGateway, MATH], {
      metrics: true,
      tracing: { enabled: true, exporter: new CollectingExporter() } as object,
    });
    client = await connect(running);
    // What is made only once.
    await ask(client, 'add', { a: 1, b: 2 });
  });

  it('metrics of the gateway are told of events together', async () => {
    const { metrics } = running.broker;
    let told = 0;
    for (const method of ['increment', 'decrement'] as const) {
      const counted = stub(metrics, method).callsFake((...args) => {
        // Moleculer tells its own metrics of each action.
        if (args[0].startsWith('moleculer.io.')) told++;
        return counted.wrappedMethod.apply(metrics, args);
      });
      afterwards(() => {
        counted.restore();
      });
    }
    await Promise.all(Array.from({ length: EVENTS }, () => ask(client, 'ping')));
    // A few for each turn of the event loop: one by one, they would be more than one for each event.
    expect(told).to.be.within(1, EVENTS);
    expect(metrics.getMetric('moleculer.io.messages.total')).to.have.nested.property('values.size', 2);
  });
});
