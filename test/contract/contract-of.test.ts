import { expect } from 'chai';
import { DeclarationError, SocketGateway, SocketNamespace } from '../../src';
import { contractOf, type ContractDocument } from '../../src/contract';
import { start } from '../support/run-gateway';
import { ChatGateway, MATH, ObjectGateway } from './described-gateways';

describe('contractOf', () => {
  const document = contractOf([ChatGateway, ObjectGateway]);
  const { channels, operations, components } = document;
  const message = (key: string, channel = 'chat') => channels[channel]!.messages[key]!;

  it('has a channel for each namespace', () => {
    expect(Object.values(channels).map(({ address }) => address)).to.deep.equal([
      '/chat',
      '/tenants/{tenantId}',
      null,
    ]);
    expect(channels['tenants_tenantId']!.parameters).to.have.keys('tenantId');
  });

  it('has the payloads of events, one as it is and several as a list', () => {
    expect(message('toServer.message').payload).to.deep.equal({ $ref: '#/components/schemas/NewMessage' });
    expect(components.schemas['NewMessage']).to.deep.equal({
      type: 'object',
      properties: { text: { type: 'string' }, author: { $ref: '#/components/schemas/Author' } },
      required: ['text'],
    });
    expect(message('toServer.rate')).to.deep.include({
      'x-arguments': 'list',
      payload: {
        type: 'array',
        items: [{ type: 'string' }, { type: ['number', 'null'] }],
        minItems: 1,
        maxItems: 2,
      },
    });
    expect(message('toServer.search').payload).to.deep.equal({
      type: 'object',
      properties: { text: { type: 'string', minLength: 1 } },
      required: ['text'],
    });
    expect(message('toServer.move').payload).to.deep.equal({
      type: 'object',
      properties: { to: { type: 'string', minLength: 2 }, at: { type: ['number', 'null'] } },
      required: ['to'],
    });
  });

  it('keeps two classes of one name apart', () => {
    expect(message('toServer.other').payload).to.deep.equal({ $ref: '#/components/schemas/Author.2' });
    expect(components.schemas['Author.2']!.properties).to.deep.equal({ age: { type: 'integer' } });
  });

  it('says who may send an event, how often, and what can go wrong', () => {
    const operation = operations['chat.toServer.message']!;
    expect(operation['x-authorize']).to.deep.equal({ roles: [['admin', 'editor']], policies: 0 });
    expect(operation['x-rate-limits']).to.deep.equal([{ points: 10, duration: 5, key: 'socket' }]);
    expect(operation['x-errors']!.map(({ code }) => code)).to.deep.equal([401, 403, 422, 429]);
    expect(operation['x-deprecated']).to.equal('Send post.');
    expect(operation.description).to.equal(
      'Sends a message.\nAt most 500 characters.\nDeprecated: Send post.\n' +
        'Needs a user with the role `admin` or `editor`.\nAt most 10 in 5 s, counted by socket.',
    );
    expect(operations['chat.toServer.login'])
      .to.include.keys('x-unchecked')
      .and.not.include.keys('x-authorize');
  });

  it('has results in the format of the acks', () => {
    expect(message('toServer.message.result').payload!.items).to.deep.equal([
      { type: 'null' },
      { type: 'array', items: { $ref: '#/components/schemas/Message' } },
    ]);
    const answer = Object.values(channels)[2]!.messages['toServer.message.result']!;
    expect(answer.payload!.properties).to.deep.equal({ ok: { enum: [true] }, data: { type: 'number' } });
  });

  it('has the actions of a proxy by their aliases', () => {
    const [action] = message('toServer.call').payload!.items as [{ description: string }];
    expect(action.description).to.equal('The name of an action: `add`, `math.*`.');
  });

  it('has what clients receive, by sends and forwards', () => {
    expect(message('toClient.message').payload!.items).to.deep.equal([
      { $ref: '#/components/schemas/Message' },
      { type: 'number' },
    ]);
    expect(message('toClient.order.updated')).to.deep.equal({
      name: 'order.updated',
      payload: { $ref: '#/components/schemas/Message' },
    });
    const titles = (key: string) => Object.values(channels[key]!.messages).map(({ title }) => title);
    expect(titles('chat')).to.include('stock.*');
    expect(titles('tenants_tenantId')).to.not.include('stock.*');
  });

  it('has nothing that is secret', () => {
    expect(JSON.stringify(document)).to.not.include('hidden');
  });

  it('takes info and servers', () => {
    const servers = { production: { host: 'chat.example.com', protocol: 'wss' } };
    const info = { title: 'Chat', version: '1.2.0' };
    expect(contractOf([ChatGateway], { info, servers })).to.deep.include({ info, servers });
  });

  it('throws for a class that is no gateway', () => {
    class Plain {}
    expect(() => contractOf([Plain])).to.throw(DeclarationError, 'it has no @SocketNamespace of its own');
  });

  it('is an action of a gateway, with the actions that it exposes', async () => {
    const { broker } = await start([ChatGateway, MATH]);
    const live: ContractDocument = await broker.call('chat.contract', { namespace: '/chat' });
    expect(live.info).to.deep.equal({ title: 'chat', version: '0.0.0' });
    expect(Object.keys(live.channels)).to.deep.equal(['chat']);
    expect(live.channels['chat']!.messages['toServer.add']!.payload).to.deep.equal({
      type: 'object',
      properties: { a: { type: 'number' }, b: { type: 'number' } },
      required: ['a', 'b'],
    });
    expect(JSON.stringify(live)).to.not.include('hidden');
  });

  it('has what clients get of presence, unless they get nothing, or it is described', () => {
    const contractWith = (presence: object, sends = {}): ContractDocument => {
      @SocketNamespace('/hall', { presence, sends })
      class HallGateway extends SocketGateway {}
      return contractOf([HallGateway]);
    };
    const document = contractWith({ rooms: 'room:*' });
    const messagesOf = ({ channels }: ContractDocument): object => Object.values(channels)[0]!.messages;
    expect(messagesOf(document)).to.have.nested.property('toClient\\.presence.payload.oneOf');
    expect(messagesOf(contractWith({ notify: false }))).not.to.have.property('toClient.presence');
    expect(messagesOf(contractWith({}, { presence: [Number] }))).not.to.have.nested.property(
      'toClient\\.presence.payload.oneOf',
    );
  });
});
