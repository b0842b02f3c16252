import { expect } from 'chai';
import { IsString } from 'class-validator';
import { Authorize, MessageBody, RateLimit, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { contractOf } from '../../src/contract';
import { readContract } from '../../src/explorer/page/contract/read-contract';

class Message {
  @IsString()
  text!: string;
}

@SocketNamespace(['/chat', '/rooms/:room', /^\/x\d$/], { sends: { message: [Message, Number] } })
class ChatGateway extends SocketGateway {
  @SocketEvent('send', { description: 'Writes.\nTo all.', returns: Message, deprecated: 'use write' })
  @Authorize('admin')
  @RateLimit({ points: 3, duration: 1 })
  send(@MessageBody() message: Message) {
    return message;
  }

  @SocketEvent()
  both(@MessageBody(0) text: string, @MessageBody(1, { optional: true }) count: number) {
    return `${text}${count}`;
  }

  @SocketEvent('*')
  other() {}
}

@SocketNamespace('/objects', { ack: 'object' })
class ObjectGateway extends SocketGateway {
  @SocketEvent('ping', { returns: Message })
  ping() {}
}

const { namespaces } = readContract(contractOf([ChatGateway, ObjectGateway]));

describe('the explorer reads a contract', () => {
  it('with namespaces of all kinds', () => {
    expect(namespaces.map(({ address, parameters }) => ({ address, parameters }))).to.deep.equal([
      { address: '/chat', parameters: [] },
      { address: '/rooms/{room}', parameters: ['room'] },
      { address: null, parameters: [] },
      { address: '/objects', parameters: [] },
    ]);
  });

  it('with what events take, answer and ask for', () => {
    const [send, both, other] = namespaces[0]!.events;
    expect(send).to.deep.include({
      name: 'send',
      description: 'Writes.\nTo all.',
      ack: 'error-first',
      deprecated: 'use write',
      needsUser: true,
      args: [{ schema: { $ref: '#/components/schemas/Message' }, isOptional: false }],
      result: { $ref: '#/components/schemas/Message' },
    });
    expect(send!.access).to.deep.equal([
      'Deprecated: use write',
      'Needs a user with the role `admin`.',
      'At most 3 in 1 s, counted by socket.',
    ]);
    expect(both!.args.map(({ isOptional }) => isOptional)).to.deep.equal([false, true]);
    expect(other).to.deep.include({ name: '*', args: [], access: [], description: undefined });
  });

  it('with what clients receive', () => {
    const [message] = namespaces[0]!.received;
    expect(message).to.include({ name: 'message' });
    expect(message!.args).to.have.length(2);
  });

  it('with answers that are one object', () => {
    const [ping] = namespaces[3]!.events;
    expect(ping).to.deep.include({ ack: 'object', result: { $ref: '#/components/schemas/Message' } });
  });
});
