import { expect } from 'chai';
import type { Service } from 'moleculer';
import { ask, connect, newClient, refused } from '../support/run-gateway';
import { startIo } from './start-io';

/*
 * Authorization comes before the middlewares of a namespace, which know the user.
 */

type Next = (error?: Error) => void;

/** The service under test lets admins in. */
function adminsOnly(this: Service, socket: any, next: Next): void {
  next(socket.client.user?.role === 'admin' ? undefined : new Error('admins only'));
}
const socketAuthorize = async (socket: any) => {
  const { role } = socket.handshake.auth;
  if (role === 'none') throw new Error('who are you?');
  return role && { role };
};
const events = { call: {} };

describe('authorization of moleculer-io', () => {
  it('comes before the middlewares, which refuse by the user', async () => {
    const running = await startIo(
      { '/': { authorization: true, middlewares: [adminsOnly], events } },
      { methods: { socketAuthorize } },
    );
    const admin = await connect(running, '/', { auth: { role: 'admin' } });
    expect((await ask(admin, 'call', 'math.add', { a: 1, b: 2 })).result).to.equal(3);
    for (const auth of [{ role: 'guest' }, {}]) {
      expect((await refused(newClient(running, '/', { auth }))).message).to.equal('admins only');
    }
    expect(running.gateway.io.of('/').sockets.size).to.equal(1);
  });

  it('asks no middleware about a client that it refuses', async () => {
    const asked: string[] = [];
    const middleware = (socket: any, next: Next): void => {
      asked.push(socket.handshake.auth.role);
      next();
    };
    const running = await startIo(
      { '/': { authorization: true, middlewares: [middleware], events } },
      { methods: { socketAuthorize } },
    );
    expect((await refused(newClient(running, '/', { auth: { role: 'none' } }))).message).to.equal(
      'who are you?',
    );
    await connect(running, '/', { auth: { role: 'guest' } });
    expect(asked).to.deep.equal(['guest']);
  });

  it('does so in a namespace that is registered later', async () => {
    const running = await startIo({ '/': { events } }, { methods: { socketAuthorize } });
    running.gateway['registerNamespace']('/admin', '/', { authorization: true, middlewares: [adminsOnly] });
    await connect(running, '/admin', { auth: { role: 'admin' } });
    expect((await refused(newClient(running, '/admin', { auth: { role: 'x' } }))).message).to.equal(
      'admins only',
    );
  });

  it('leaves nothing of a user whom a middleware has refused', async () => {
    const running = await startIo(
      { '/': { authorization: true, middlewares: [adminsOnly], events } },
      { methods: { socketAuthorize: () => ({ id: 7, role: 'guest' }) } },
    );
    await refused(newClient(running, '/'));
    const { adapter } = running.gateway.io.of('/');
    expect([...adapter.rooms.keys()]).to.deep.equal([]);
    expect([...adapter.sids.keys()]).to.deep.equal([]);
  });
});
