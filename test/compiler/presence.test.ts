import { expect } from 'chai';
import { compileGateway, OnPresence, SocketEvent, SocketGateway, SocketNamespace } from '../../src';
import { problemsOf, untyped } from './problems-of';

/** What the compiler says of a gateway with this option, and with a method that is decorated with these arguments. */
function problemsWith(presence: unknown, ...decorator: unknown[]): string[] {
  @SocketNamespace('/x', { presence: presence as object })
  class Hall extends SocketGateway {
    @(untyped(OnPresence)(...decorator))
    changed() {
      return 1;
    }
  }
  return problemsOf(Hall);
}

describe('compileGateway: presence', () => {
  it('is completed by the defaults', () => {
    @SocketNamespace('/x', { presence: {} })
    class Hall extends SocketGateway {
      @OnPresence('room:*', { once: true })
      changed() {
        return 1;
      }
    }
    const { presence } = compileGateway(Hall);
    expect(presence).to.deep.include({ of: undefined, grace: 5000, notify: true });
    expect([presence?.shows(''), presence?.shows('a')]).to.deep.equal([true, false]);
    const [listener] = presence!.listeners;
    expect(listener).to.deep.include({ once: true });
    expect(['room:a.b', 'room:', 'rooms', ''].map((room) => listener!.matches(room))).to.deep.equal([
      true,
      true,
      false,
      false,
    ]);
    @SocketNamespace('/x')
    class Plain extends SocketGateway {}
    expect(compileGateway(Plain).presence).to.equal(undefined);
  });

  const rooms: [unknown, string[], string[]][] = [
    ['*', ['a', 'a.b'], ['']],
    [
      ['', 'a'],
      ['', 'a'],
      ['b', 'ab'],
    ],
    [/^r/g, ['r', 'room'], ['', 'a']],
    [
      ['a*', /b$/],
      ['a', 'ab', 'xb'],
      ['', 'x'],
    ],
  ];
  for (const [patterns, shown, hidden] of rooms) {
    it(`shows the rooms that ${JSON.stringify(patterns)} ${String(patterns)} names`, () => {
      @SocketNamespace('/x', { presence: { rooms: patterns as string } })
      class Hall extends SocketGateway {}
      const { presence } = compileGateway(Hall);
      expect([...shown, ...hidden].filter((room) => presence?.shows(room))).to.deep.equal(shown);
    });
  }

  const mistakes: [unknown, RegExp][] = [
    [true, /^Hall: presence must be an object: \{ rooms: 'room:\*' \}/],
    [[], /presence must be an object/],
    [{ room: '' }, /presence\.room is unknown; did you mean `rooms`\?/],
    [{ gracePeriod: 1 }, /presence\.gracePeriod is unknown; there are of, rooms, grace, notify/],
    [{ of: 'id' }, /presence\.of must be a function: of: \(user, socket\)/],
    [{ rooms: [] }, /presence\.rooms must be a name or a pattern such as 'room:\*'/],
    [{ rooms: 5 }, /presence\.rooms must be a name/],
    [{ rooms: ['a', '$user:*'] }, /presence\.rooms has "\$user:\*", and rooms that begin with \$ belong/],
    [{ grace: -1 }, /presence\.grace must be a number of milliseconds from 0 to 2147483647, not -1/],
    [{ grace: Infinity }, /not Infinity/],
    [{ grace: '5s' }, /not "5s"/],
    [{ notify: 'yes' }, /presence\.notify must be true or false, not "yes"/],
  ];
  for (const [given, expected] of mistakes) {
    it(`refuses ${JSON.stringify(given)}`, () => {
      const problems = problemsWith(given);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(expected);
    });
  }

  it('refuses @OnPresence where it can have no effect', () => {
    expect(problemsWith(undefined)).to.deep.equal([
      "Hall.changed: @OnPresence needs the option presence: @SocketNamespace('/chat', { presence: {} })",
    ]);
    expect(problemsWith({}, 7)[0]).to.match(/^Hall\.changed: the rooms of @OnPresence must be a name/);
    expect(problemsWith({}, '*', true)[0]).to.match(
      /^Hall\.changed: the options of @OnPresence must be an object/,
    );
    expect(problemsWith({}, '*', { onec: true })[0]).to.match(
      /the option onec is unknown; did you mean `once`\?/,
    );
    expect(problemsWith({}, '*', { once: 1 })[0]).to.match(/once must be true or false, not 1/);
  });

  it('refuses handlers with the names of its actions, and of `this.presence`', () => {
    @SocketNamespace('/x', { presence: {} })
    class Hall extends SocketGateway {
      @SocketEvent()
      listPresence() {
        return 1;
      }
    }
    expect(problemsOf(Hall)).to.deep.equal([
      "Hall.listPresence: a gateway with the option presence has an action 'listPresence' of its own; give the method another " +
        'name, and keep the event',
    ]);
    @SocketNamespace('/x')
    class Plain extends SocketGateway {
      @SocketEvent()
      listPresence() {
        return 1;
      }
    }
    expect(problemsOf(Plain)).to.deep.equal([]);
  });
});
