import { expect } from 'chai';
import fc from 'fast-check';
import { Utils } from 'moleculer';
import { IsInt } from 'class-validator';
import {
  compileGateway,
  ForwardEvent,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
} from '../../src';
import { mayOverlap } from '../../src/compiler/event-patterns';
import { problemsOf, untyped } from './problems-of';

class Order {
  @IsInt()
  id!: number;
}

/** A gateway whose method `updated` is decorated with this, and what the compiler says of it. */
function problemsWith(...args: unknown[]): string[] {
  @SocketNamespace(['/x', '/tenants/:id'])
  class Shop extends SocketGateway {
    @(untyped(ForwardEvent)(...args))
    updated() {
      return 1;
    }
  }
  return problemsOf(Shop);
}

describe('compileGateway: forwarded events', () => {
  it('are in the plan, one for each event of each decorator, frozen', () => {
    const rooms = () => 'orders';
    @SocketNamespace('/x')
    class Shop extends SocketGateway {
      @ForwardEvent('order.*', {
        rooms,
        as: 'order',
        except: ['quiet'],
        volatile: true,
        group: 'g',
        bulkhead: {},
      })
      @ForwardEvent(['paid', 'sent'], { payload: Order, namespace: '/x', rooms: 'all' })
      changed() {
        return 1;
      }
    }
    const { forwards, events } = compileGateway(Shop);
    expect(events).to.deep.equal([]);
    expect(forwards.map(({ event, member }) => [event, member])).to.deep.equal([
      ['order.*', 'changed'],
      ['paid', 'changed'],
      ['sent', 'changed'],
    ]);
    const [first, second] = forwards;
    expect(first).to.deep.include({
      rooms,
      as: 'order',
      except: ['quiet'],
      namespaces: undefined,
      volatile: true,
    });
    expect(first!.subscription).to.deep.equal({ group: 'g', bulkhead: {} });
    expect(second).to.deep.include({ rooms: ['all'], as: undefined, namespaces: ['/x'], volatile: false });
    expect(second!.subscription).to.deep.equal({});
    for (const part of [forwards, first, second!.rooms, first!.subscription]) expect(part).to.be.frozen;
  });

  it('leave what the user gave as it is', () => {
    const options = { rooms: ['a'], params: { id: 'number' } };
    expect(problemsWith('order.updated', options)).to.deep.equal([]);
    for (const part of [options, options.rooms, options.params]) expect(part).not.to.be.frozen;
  });

  it('are inherited with the role of their method, and replaced with it', () => {
    abstract class Base extends SocketGateway {
      @ForwardEvent('base')
      inherited() {
        return 1;
      }
      @ForwardEvent('base.kept')
      kept() {
        return 1;
      }
      @ForwardEvent('base.replaced')
      replaced() {
        return 1;
      }
      @ForwardEvent('base.event')
      event() {
        return 1;
      }
    }
    @SocketNamespace('/x')
    class Shop extends Base {
      override kept() {
        return 2;
      }
      @ForwardEvent('own')
      override replaced() {
        return 2;
      }
      @SocketEvent()
      override event() {
        return 2;
      }
    }
    @SocketNamespace('/y')
    class Other extends Base {}
    const { forwards } = compileGateway(Shop);
    expect(forwards.map(({ event }) => event)).to.deep.equal(['base', 'base.kept', 'own']);
    expect(forwards[1]!.invoke({} as never, {} as never)).to.equal(2);
    expect(compileGateway(Other).forwards.map(({ event }) => event)).to.deep.equal([
      'base',
      'base.kept',
      'base.replaced',
      'base.event',
    ]);
  });

  describe('that cannot work are reported', () => {
    const NAMES = "@ForwardEvent takes the names of Moleculer's events and patterns, 'order.*', not ";
    const LIST = (option: string, example: string): string =>
      `${option} must be a string that is not empty, a list of these, or a function of ctx: { ${option}: ${example} }`;
    const OPEN = '; leave it out to reach everybody';
    const reserved = (name: string): string =>
      `'${name}' is an event of Socket.IO's own that nobody can send; send it as another: { as: 'user.${name}' }`;

    for (const [what, args, ...expected] of [
      ['no event', [], `${NAMES}undefined`],
      ['no name', [''], `${NAMES}''`],
      ['a number', [7], `${NAMES}number`],
      ['a number among names', [['a', 7]], `${NAMES}number`],
      ['no names', [[]], '@ForwardEvent([]) names no event; write at least one'],
      ['a reserved name', ['disconnect'], reserved('disconnect')],
      ['a reserved name as as', ['a', { as: 'connect_error' }], reserved('connect_error')],
      [
        'options that are none',
        ['a', null],
        "the options of @ForwardEvent must be an object: @ForwardEvent('order.updated', { rooms: 'orders' })",
      ],
      [
        'a misspelt option',
        ['a', { room: 'b' }],
        "@ForwardEvent has no option 'room'; did you mean `rooms`?",
      ],
      [
        'an option that there is not',
        ['a', { to: 'b' }],
        "@ForwardEvent has no option 'to'; it has as, rooms, except, namespace, volatile, payload, group, params, " +
          'strategy, strategyOptions, tracing, bulkhead, debounce, throttle',
      ],
      [
        'an as that is no name',
        ['a', { as: 7 }],
        "as must be the name of an event, or a function of ctx: { as: (ctx) => 'order.' + ctx.params.status }",
      ],
      ['an empty list of rooms', ['a', { rooms: [] }], LIST('rooms', "'orders'") + OPEN],
      ['rooms that are undefined', ['a', { rooms: undefined }], LIST('rooms', "'orders'") + OPEN],
      ['rooms that are null', ['a', { rooms: null }], LIST('rooms', "'orders'") + OPEN],
      ['a room that is a number', ['a', { rooms: ['b', 7] }], LIST('rooms', "'orders'") + OPEN],
      ['a room without a name', ['a', { rooms: '' }], LIST('rooms', "'orders'") + OPEN],
      ['an except that is no room', ['a', { except: 7 }], LIST('except', "'orders'")],
      ['namespaces that are undefined', ['a', { namespace: undefined }], LIST('namespace', "'/chat'") + OPEN],
      [
        "a namespace that is not the gateway's",
        ['a', { namespace: ['/x', '/other', '/tenants'] }],
        "'/other' is none of the gateway's namespaces; name one of them, or leave namespace out",
        "'/tenants' is none of the gateway's namespaces; name one of them, or leave namespace out",
      ],
      ['a volatile that is none', ['a', { volatile: 'yes' }], 'volatile must be true or false'],
      [
        'a group that is none',
        ['a', { group: 7 }],
        "group must be the name of a group of nodes: { group: 'browsers' }",
      ],
      [
        'a payload that is none',
        ['a', { payload: 'Order' }],
        'the payload must be a class, a schema, or an array of one of them, not string',
      ],
    ] as [string, unknown[], ...string[]][]) {
      it(what, () => {
        expect(problemsWith(...args)).to.deep.equal(expected.map((text) => `Shop.updated: ${text}`));
      });
    }

    it('more of them at once', () => {
      expect(problemsWith(['connect', ''], { rooms: [], volatile: 1 })).to.have.length(4);
    });

    it('on what is no method of the instance', () => {
      @SocketNamespace('/x')
      class Shop extends SocketGateway {
        @(untyped(ForwardEvent)('a'))
        static fixed() {
          return 1;
        }
        @(untyped(ForwardEvent)('b'))
        property = 1;
        @(untyped(ForwardEvent)('c'))
        get accessor() {
          return 1;
        }
      }
      const text = '@ForwardEvent() must stand on a method of the instance';
      expect(problemsOf(Shop)).to.deep.equal(
        ['property', 'accessor', 'fixed'].map((member) => `Shop.${member}: ${text}`),
      );
    });

    it('with parameters of an event of clients', () => {
      @SocketNamespace('/x')
      class Shop extends SocketGateway {
        @ForwardEvent('a')
        updated(@MessageBody() order: Order) {
          return order;
        }
      }
      expect(problemsOf(Shop)).to.deep.equal([
        'Shop.updated: @MessageBody() has no effect without @SocketEvent on the method; add it',
      ]);
    });

    it('where one event has two subscriptions', () => {
      @SocketNamespace('/x')
      class Shop extends SocketGateway {
        @ForwardEvent('a', { group: 'one', rooms: 'r', tracing: false })
        first() {
          return 1;
        }
        @ForwardEvent('a', { group: 'two', rooms: 'q', tracing: false })
        second() {
          return 1;
        }
        @ForwardEvent('a', { rooms: 's' })
        third() {
          return 1;
        }
      }
      expect(problemsOf(Shop)).to.deep.equal([
        "Shop.second: the option group of 'a' is another one on 'first'; an event has one subscription, give it the " +
          'same everywhere',
      ]);
    });

    it('where one group would get an event twice', () => {
      @SocketNamespace('/x')
      class Shop extends SocketGateway {
        @ForwardEvent('order.*', { group: 'g' })
        first() {
          return 1;
        }
        @ForwardEvent('order.updated', { group: 'g' })
        second() {
          return 1;
        }
        @ForwardEvent('order.updated.twice', { group: 'g' })
        third() {
          return 1;
        }
      }
      expect(problemsOf(Shop)).to.deep.equal([
        "Shop.second: 'order.updated' and 'order.*' of 'first' may be the same event, in the group 'g': Moleculer would " +
          'bring it twice; give them different groups, or none',
      ]);
    });
  });

  it('know which patterns may be one event', () => {
    const yes = [
      ['a', 'a'],
      ['a.b', 'a.*'],
      ['a.b', '**'],
      ['a.b.c', 'a.**'],
      ['a.b', 'a.?'],
      ['a.*', 'a.**'],
      ['a.*', '*.b'],
      ['**', '*'],
      ['a.*.c', 'a.b.*'],
    ] as const;
    const no = [
      ['a', 'b'],
      ['a.b', 'a.*.c'],
      ['a.b.c', 'a.*'],
      ['a.*', 'b.*'],
      ['*.a', '*.b'],
      ['a', 'a.**'],
    ] as const;
    for (const [one, other] of yes)
      expect([mayOverlap(one, other), mayOverlap(other, one)], `${one} ${other}`).to.deep.equal([true, true]);
    for (const [one, other] of no)
      expect([mayOverlap(one, other), mayOverlap(other, one)], `${one} ${other}`).to.deep.equal([
        false,
        false,
      ]);
  });

  it('know it of all short patterns, as Moleculer matches them', function () {
    this.timeout(30_000);
    // '*aaa' and 'aab*' have no shorter name in common than 'aabaaa'.
    const names = [''];
    for (let at = 0; at < names.length && names[at]!.length < 6; at++)
      names.push(...['a', 'b', '.'].map((character) => names[at]! + character));
    const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*', '?'), minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(pattern, pattern, (one, other) => {
        const common = names.some((name) => Utils.match(name, one) && Utils.match(name, other));
        expect(mayOverlap(one, other), `${one} ${other}`).to.equal(common);
      }),
      { numRuns: 1500 },
    );
  });

  it('take an event that is an expression to Moleculer for any event', () => {
    for (const one of ['a.(b|c).*.d', '*.[ab]', 'a?+', '*a$b'])
      expect(mayOverlap(one, 'x.y.z'), one).to.equal(true);
    expect(mayOverlap('$node.*', '$services.changed')).to.equal(false);
    expect(mayOverlap('$node.?', '$node.x')).to.equal(true);
  });
});
