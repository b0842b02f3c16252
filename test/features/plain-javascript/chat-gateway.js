'use strict';
// A gateway in plain JavaScript: no TypeScript, no decorator syntax, no emitted types.

const { IsString } = require('class-validator');
const {
  AllowAnonymous,
  Authenticate,
  Authorize,
  decorate,
  ForwardEvent,
  OnAfterCall,
  OnConnect,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} = require('../../../src');

class NewMessage {}
IsString()(NewMessage.prototype, 'text');

class BaseGateway extends SocketGateway {
  whoami(ctx) {
    return ctx.meta.user.id;
  }
}

class ChatGateway extends BaseGateway {
  greeting = 'hello';

  authenticate(socket) {
    return socket.handshake.auth.user;
  }

  connected(socket) {
    socket.emit('welcome', this.greeting);
  }

  send(ctx) {
    return { text: ctx.params.text, isMessage: ctx.params instanceof NewMessage };
  }

  login(ctx) {
    ctx.meta.user = { id: ctx.params };
  }

  shout(_ctx, _socket, result) {
    return typeof result === 'string' ? result.toUpperCase() : undefined;
  }

  onOrder(ctx) {
    return ctx.params;
  }
}

module.exports = decorate(
  ChatGateway,
  [SocketNamespace('/chat', { name: 'chat', settings: { port: 0 } }), Authorize()],
  {
    authenticate: Authenticate(),
    connected: OnConnect(),
    send: SocketEvent('send', { payload: NewMessage }),
    login: [AllowAnonymous(), SocketEvent()],
    whoami: SocketEvent(),
    shout: OnAfterCall('whoami'),
    onOrder: ForwardEvent('order.updated'),
    call: SocketEvent('call', { whitelist: ['math.*'] }),
  },
);
