import { expect } from 'chai';
import sinon from 'sinon';
import type { Server } from 'socket.io';
import { RecoverableSessions } from '../../src/runtime/cluster/recoverable-sessions';
import { RecoveryBudget } from '../../src/runtime/cluster/recovery-budget';

const DURATION_MS = 120_000;
const EVENT = 2;

describe('sessions that are kept for clients that come back', () => {
  let clock: sinon.SinonFakeTimers;
  let server: Server;
  let sessions: RecoverableSessions;

  beforeEach(() => {
    clock = sinon.useFakeTimers();
    server = {
      opts: { connectionStateRecovery: { maxDisconnectionDuration: DURATION_MS } },
    } as object as Server;
    sessions = new RecoverableSessions(server);
  });
  afterEach(() => {
    sessions.close();
    clock.restore();
  });

  /** Sends an event to rooms, and returns its offset. */
  function send(event: string, rooms: string[] = [], bytes = 10): string {
    const packet = { type: EVENT, data: [event] as unknown[] };
    const opts = { rooms: new Set(rooms), except: new Set<string>() };
    const offset = sessions.number(packet, opts)!;
    sessions.keep(packet, bytes, offset, opts, true);
    return offset.text;
  }
  const persist = (pid: string): void =>
    sessions.persist({ sid: `s-${pid}`, pid, rooms: ['tea'], data: { user: { id: pid } } });
  const missed = (pid: string, offset: string): unknown[] | undefined =>
    sessions
      .restore(pid, offset)
      ?.takeMissed()
      .map(([event]) => event);

  it('have what was sent to their rooms after the last event of the client, until it is taken', () => {
    const offset = send('first');
    persist('a');
    send('to tea', ['tea']);
    send('to coffee', ['coffee']);
    const restored = sessions.restore('a', offset);
    expect(restored).to.deep.include({ sid: 's-a', data: { user: { id: 'a' } }, missedPackets: [] });
    send('while it enters');
    expect(restored!.takeMissed().map(([event]) => event)).to.deep.equal(['to tea', 'while it enters']);
    expect(sessions.restore('a', offset)).to.equal(null);
  });

  it('are restored also if the last event of the client is older than everything that is kept', () => {
    const offset = send('long ago');
    clock.tick(10 * DURATION_MS);
    persist('a');
    send('missed');
    expect(missed('a', offset)).to.deep.equal(['missed']);
  });

  it('expire', () => {
    const offset = send('first');
    persist('a');
    clock.tick(DURATION_MS + 1);
    expect(sessions.restore('a', offset)).to.equal(null);
    persist('b');
    clock.tick(2 * DURATION_MS);
    expect(sessions.isEmpty).to.equal(true);
    expect(RecoveryBudget.of(server).bytes).to.equal(0);
  });

  it('are not restored by offsets that are none', () => {
    send('first');
    persist('a');
    for (const offset of ['', 'short', 'x'.repeat(100), '12345678', '12345678!'])
      expect(sessions.restore('a', offset), offset).to.equal(null);
  });

  it('lose the oldest packets first where they take too much memory, and with them the clients that need them', () => {
    RecoveryBudget.of(server).maxBytes = 10_000;
    const early = send('early');
    persist('a');
    const late = send('big', [], 4000);
    send('big', [], 4000);
    persist('b');
    send('missed', [], 4000);
    expect(RecoveryBudget.of(server).bytes).to.be.at.most(10_000);
    expect(sessions.restore('a', early)).to.equal(null);
    expect(sessions.restore('b', late)).to.equal(null);
    persist('c');
    const last = send('last');
    expect(missed('c', last)).to.deep.equal([]);
  });

  it('go to another node once, and what this node has of them is gone', () => {
    const offset = send('first');
    persist('a');
    send('missed', ['tea']);
    clock.tick(1000);
    const handed = sessions.give('a', offset)!;
    expect(sessions.give('a', offset)).to.equal(undefined);
    expect(handed.sessions[0]).to.deep.include({ sid: 's-a', age: 1000 });
    const other = new RecoverableSessions(Object.create(server) as Server);
    other.adopt(handed);
    const back = other.restore('a', offset)!;
    expect(Date.now() - back.disconnectedAt).to.equal(1000);
    expect(back.takeMissed().map(([event]) => event)).to.deep.equal(['missed']);
    other.close();
  });

  it('stay where they may not be given', () => {
    const offset = send('first');
    persist('a');
    sessions.mayGive = () => false;
    expect(sessions.give('a', offset)).to.equal(undefined);
    expect(sessions.giveAll()).to.deep.equal([]);
    sessions.mayGive = () => true;
    expect(sessions.giveAll()).to.have.length(1);
    expect(sessions.isEmpty).to.equal(true);
  });
});
