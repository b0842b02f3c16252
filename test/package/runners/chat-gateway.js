'use strict';
// A gateway in plain JavaScript, and what it must do: the same cases run in each test runner.

const assert = require('node:assert/strict');
const {
  Authenticate,
  Authorize,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  decorate,
} = require('moleculer-socket-gateway');

class Chat extends SocketGateway {
  authenticate(socket) {
    return this.broker.call('users.verify', { token: socket.handshake.auth.token });
  }
  async send(ctx) {
    await ctx.socket.join('tea');
    ctx.socket.to('tea').emit('message', ctx.params);
    return { id: 1 };
  }
  async wait() {
    await new Promise((resolve) => setTimeout(resolve, 60_000));
    return 'done';
  }
  secret() {
    return 42;
  }
}

const ChatGateway = decorate(Chat, [SocketNamespace('/chat', { name: 'chat' }), Authorize()], {
  authenticate: Authenticate(),
  send: SocketEvent('message', { params: { text: 'string' } }),
  wait: SocketEvent(),
  secret: [Authorize('admin'), SocketEvent()],
});

const users = {
  name: 'users',
  actions: { verify: (ctx) => (ctx.params.token === 'ann' ? { id: 1 } : undefined) },
};

/** The cases by name. They take the kit, which runners load in different ways. */
const cases = ({ testGateway, ClientError }) => ({
  async 'sends, receives and refuses'() {
    const chat = await testGateway(ChatGateway, { services: [users] });
    const ann = await chat.connect({ auth: { token: 'ann' } });
    const bob = await chat.connect({ user: { id: 2, roles: ['admin'] } });
    await bob.emit('message', { text: 'first' });
    assert.deepEqual(await ann.emit('message', { text: 'hi' }), { id: 1 });
    assert.deepEqual(await bob.received('message'), [{ text: 'hi' }]);
    assert.equal(await bob.emit('secret'), 42);
    await assert.rejects(ann.emit('secret'), { code: 403 });
    await assert.rejects(ann.emit('message', {}), { code: 422 });
    await assert.rejects(chat.connect(), (error) => error instanceof ClientError && error.code === 401);
    await assert.rejects(ann.received('message', { timeout: 20 }), {
      message: /^'message' did not come within 20 ms/,
    });
    await chat.settled();
    assert.deepEqual(ann.events, []);
    await chat.close();
  },
});

/**
 * The case of fake timers.
 *
 * @param timers `install()`, `advance(ms)` and `restore()` of the runner
 */
const timed = ({ testGateway }, timers) =>
  async function () {
    const chat = await testGateway(ChatGateway, { services: [users] });
    timers.install();
    const ann = await chat.connect({ user: { id: 1, exp: Date.now() / 1000 + 3600 } });
    const bob = await chat.connect({ user: { id: 2 } });
    const waited = bob.emit('wait');
    await assert.rejects(bob.received('nothing', { timeout: 20 }), { message: /nothing came/ });
    await timers.advance(60_000);
    assert.equal(await waited, 'done');
    await timers.advance(3600_000);
    assert.equal(await ann.disconnected(), 'io server disconnect');
    assert.equal(bob.connected, true);
    timers.restore();
    await chat.close();
  };

module.exports = { ChatGateway, users, cases, timed };
