import { expect } from 'chai';
import { ServiceBroker } from 'moleculer';
import { compileGateway, SocketGateway, SocketNamespace } from '../../src';

function silentBroker(): ServiceBroker {
  return new ServiceBroker({ logger: false, skipProcessEventRegistration: true });
}

describe('@SocketNamespace', () => {
  it('gives a class that looks like the one under it', () => {
    const decorate = SocketNamespace('/x');
    class Chat extends SocketGateway {
      static readonly rooms = ['lobby'];

      static roomsOf() {
        return this.rooms;
      }
    }
    const Decorated = decorate(Chat);

    expect(Decorated.name).to.equal('Chat');
    expect(Decorated.prototype).to.equal(Chat.prototype);
    expect(Decorated.prototype.constructor).to.equal(Decorated);
    expect(Decorated.roomsOf()).to.equal(Chat.rooms);
    expect(Object.getPrototypeOf(Decorated)).to.equal(SocketGateway);
  });

  it('leaves alone what class it was given to, for others to list the members of', () => {
    @SocketNamespace('/x')
    class Chat extends SocketGateway {
      send() {
        return 1;
      }
    }

    expect(Object.keys(Chat.prototype)).to.deep.equal([]);
    expect(Object.getOwnPropertyNames(Chat.prototype)).to.have.members(['constructor', 'send']);
  });

  it('does not follow later changes of the paths', () => {
    const paths = ['/one'];
    @SocketNamespace(paths)
    class Chat extends SocketGateway {}
    paths.push('/two');

    expect(compileGateway(Chat).paths).to.deep.equal([{ kind: 'literal', name: '/one' }]);
  });

  it('says nothing before the class is compiled', () => {
    const wrong: any[] = [['chat'], [7, { ack: 'x', limits: 7 }], [null], [[]]];
    for (const args of wrong) {
      expect(() => (SocketNamespace as any)(...args)(class Chat extends SocketGateway {})).not.to.throw();
    }
  });

  it('makes instances whose schema is parsed once, when all fields are set', async () => {
    let parsed = 0;
    const seen: unknown[] = [];
    @SocketNamespace('/x', { settings: { server: false } })
    class Chat extends SocketGateway {
      readonly field = 'set';

      override parseServiceSchema(schema: never) {
        parsed++;
        super.parseServiceSchema(schema);
      }

      created() {
        seen.push(this.field);
      }
    }
    const gateway = new Chat(silentBroker());

    expect(gateway).to.be.instanceOf(Chat);
    expect(gateway).to.include({ name: 'chat', field: 'set' });
    expect(parsed).to.equal(1);
    expect(seen).to.deep.equal(['set']);
  });

  it('takes what a broker was given beside the class', () => {
    @SocketNamespace('/x', { settings: { server: false, own: 1, both: 'class' } })
    class Chat extends SocketGateway {}
    const gateway = new Chat(silentBroker(), { settings: { both: 'given' }, metadata: { a: 1 } } as never);

    expect(gateway.settings).to.include({ own: 1, both: 'given' });
    expect(gateway.metadata).to.include({ a: 1 });
    expect(gateway.name).to.equal('chat');
  });

  it('asks for a broker, as Moleculer does', () => {
    @SocketNamespace('/x')
    class Chat extends SocketGateway {}

    expect(() => new (Chat as any)()).to.throw('Must set a ServiceBroker instance!');
  });
});
