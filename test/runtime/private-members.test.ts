import { createServer } from 'node:http';
import { expect } from 'chai';
import { Namespace, Server, Socket } from 'socket.io';
import { SocketGateway, SocketNamespace } from '../../src';
import { newBroker, start } from '../support/run-gateway';

@SocketNamespace('/x', { settings: { port: 0 } })
class AnyGateway extends SocketGateway {}

/** Runs something while an object lacks a member. */
async function without(owner: object, member: string, run: () => Promise<unknown>): Promise<unknown> {
  const before = Object.getOwnPropertyDescriptor(owner, member) as PropertyDescriptor;
  Reflect.deleteProperty(owner, member);
  try {
    return await run();
  } finally {
    Object.defineProperty(owner, member, before);
  }
}

const failureOf = (starting: Promise<unknown>): Promise<string> =>
  starting.then(
    () => 'it has started',
    (error: unknown) => (error as Error).message,
  );

describe('a gateway on libraries that it does not know', () => {
  for (const [name, owner, member] of [
    ['Socket', Socket.prototype, '_onpacket'],
    ['Socket', Socket.prototype, '_cleanup'],
    ['Namespace', Namespace.prototype, '_doConnect'],
  ] as const) {
    it(`does not start without ${name}.prototype.${member}, and says so`, async () => {
      const message = await without(owner, member, () => failureOf(start(AnyGateway)));
      expect(message).to.equal(
        `moleculer-socket-gateway does not know this version of Socket.IO: ${name}.prototype.${member} is missing; ` +
          'use a version of socket.io that its dependencies name, or update moleculer-socket-gateway',
      );
    });
  }

  it('does not start without a field of sockets, and says so', async () => {
    Object.defineProperty(Socket.prototype, 'acks', {
      configurable: true,
      get: () => undefined,
      set: () => undefined,
    });
    try {
      expect(await failureOf(start(AnyGateway))).to.include(
        'does not know this version of Socket.IO: socket.acks.get is missing; use a version of socket.io',
      );
    } finally {
      Reflect.deleteProperty(Socket.prototype, 'acks');
    }
  });

  it('does not start without a method of Engine.IO, and says so', async () => {
    const { engine } = new Server().attach(createServer());
    const Base = Object.getPrototypeOf(Object.getPrototypeOf(engine)) as object;
    const message = await without(Base, 'use', () => failureOf(start(AnyGateway)));
    expect(message).to.include(
      'does not know this version of Socket.IO: io.engine.use is missing; use a version of socket.io',
    );
  });

  it('is not created without a member of the broker, and says so', () => {
    const broker = newBroker([]);
    const { serializer } = broker as unknown as { serializer: Record<string, unknown> };
    serializer.deserialize = undefined;
    expect(() => broker.createService(AnyGateway)).to.throw(
      `moleculer-socket-gateway does not know Moleculer ${broker.MOLECULER_VERSION}: ` +
        'broker.serializer.deserialize is missing; use a version of Moleculer that its peer dependencies ' +
        'name, or update moleculer-socket-gateway',
    );
  });

  it('is not created without a member of the service, and says so', () => {
    const broker = newBroker([]);
    Object.defineProperty(SocketGateway.prototype, '_serviceSpecification', {
      configurable: true,
      get: () => undefined,
      set: () => undefined,
    });
    try {
      expect(() => broker.createService(AnyGateway)).to.throw(
        `Moleculer ${broker.MOLECULER_VERSION}: service._serviceSpecification.actions is missing; use a version`,
      );
    } finally {
      Reflect.deleteProperty(SocketGateway.prototype, '_serviceSpecification');
    }
  });
});
