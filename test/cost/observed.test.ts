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
  let exporter: CollectingExporter<object>;

  beforeEach(async () => {
    exporter = new CollectingExporter();
    running = await start([ObservedGateway, MATH], {
      metrics: true,
      tracing: { enabled: true, exporter } as object,
    });
    client = await connect(running);
    // What is made only once.
    await ask(client, 'add', { a: 1, b: 2 });
  });

  it('metrics are told of events together, also of the actions that handlers are', async () => {
    const { metrics } = running.broker;
    let told = 0;
    for (const method of ['increment', 'decrement'] as const) {
      const counted = stub(metrics, method).callsFake((...args) => {
        told++;
        return counted.wrappedMethod.apply(metrics, args);
      });
      afterwards(() => {
        counted.restore();
      });
    }
    await Promise.all(Array.from({ length: EVENTS }, () => ask(client, 'ping')));
    // Five for each turn of the event loop: one by one, they would be 250.
    expect(told).to.be.within(5, EVENTS);
    expect(metrics.getMetric('moleculer.io.messages.total')).to.have.nested.property('values.size', 2);
  });

  it('no span of an event, or of what it calls, is made by the constructor of Moleculer', async () => {
    const spans = exporter.started;
    spans.length = 0;
    await ask(client, 'add', { a: 1, b: 2 });
    await ask(client, 'call', 'math.add', { a: 1, b: 2 });
    // The constructor gives every span a tracer of its own.
    expect(spans.map((span) => Object.hasOwn(span, 'tracer'))).to.deep.equal([false, false, false, false]);
    await running.broker.call('math.add', { a: 1, b: 2 });
    expect(Object.hasOwn(spans[4]!, 'tracer'), "one of Moleculer's").to.equal(true);
  });
});
