import { IsString } from 'class-validator';
import { expect } from 'chai';
import * as v from 'valibot';
import { z } from 'zod';
import {
  compileGateway,
  ForwardEvent,
  MessageBody,
  SocketEvent,
  SocketGateway,
  SocketNamespace,
  type ActionProxy,
} from '../../src';
import { problemsOf, untyped } from './problems-of';

class Note {
  @IsString()
  text!: string;
}

/** Nothing of it is checked. */
class Saved {
  id!: number;
}

/** The problems of an event with these options. */
function ofEvent(options: object): string[] {
  class Chat extends SocketGateway {
    @(untyped(SocketEvent)('a', options))
    a() {
      return 1;
    }
  }
  return problemsOf(SocketNamespace('/chat')(Chat));
}

/** The problems of a gateway that sends these events. */
function ofSends(sends: unknown): string[] {
  return problemsOf(untyped(SocketNamespace)('/chat', { sends })(class Chat extends SocketGateway {}));
}

describe('the plan of documented events', () => {
  const schema = v.object({ id: v.number() });
  const list = [z.object({ id: z.number() })] as const;

  @SocketNamespace('/notes', { sends: { note: [Note, Number], saved: [schema], quiet: [] } })
  class NoteGateway extends SocketGateway {
    @SocketEvent('save', { returns: Saved, description: 'Keeps a note.', deprecated: 'send store' })
    save(@MessageBody() note: Note, @MessageBody(1, { type: Number, optional: true }) _at?: number) {
      return { id: note.text.length };
    }
    @SocketEvent('list', { returns: list, deprecated: false })
    list(@MessageBody({ type: schema }) _filter: unknown) {
      return [];
    }
    @SocketEvent('call', { whitelist: ['math.*'], description: 'Does sums.', deprecated: true })
    call!: ActionProxy;
    @ForwardEvent('note.saved', { payload: Note })
    noteSaved() {
      return { text: '' };
    }
  }
  const { events, sends, forwards, validation } = compileGateway(NoteGateway);
  const [save, listing, call] = events;

  it('has the types of payloads, results and sent events by reference, and does not freeze them', () => {
    if (save?.target.kind !== 'handler' || listing?.target.kind !== 'handler') throw new Error('no handlers');
    expect(save.target.bodies.map(({ type }) => type)).to.deep.equal([Note, Number]);
    expect(save.target.returns).to.equal(Saved);
    expect(listing.target.bodies[0]?.type).to.equal(schema);
    expect(listing.target.returns).to.equal(list);
    expect(forwards[0]?.payload).to.equal(Note);
    expect([...sends]).to.deep.equal([
      ['note', [Note, Number]],
      ['saved', [schema]],
      ['quiet', []],
    ]);
    expect(validation).to.deep.equal({ whitelist: true });
    for (const theirs of [schema, schema.entries, list, list[0], Note]) expect(theirs).to.not.be.frozen;
  });

  it('has descriptions, and what is deprecated', () => {
    expect(save?.description).to.equal('Keeps a note.');
    expect(save?.deprecated).to.equal('send store');
    expect(listing).to.not.have.any.keys('description', 'deprecated');
    expect(call?.description).to.equal('Does sums.');
    expect(call?.deprecated).to.equal(true);
  });

  it('keeps schemas out of the actions, which Moleculer publishes', () => {
    for (const { target } of events) {
      if (target.kind === 'handler') expect(target.action).to.not.have.any.keys('returns', 'payload');
    }
  });

  const wrong: [what: string, problems: string[], said: RegExp][] = [
    ['returns: undefined', ofEvent({ returns: undefined }), /returns is undefined: a class that is declared/],
    ['returns: Object', ofEvent({ returns: Object }), /returns must be a class, String, .* or \[Item\]/],
    ["returns: 'Note'", ofEvent({ returns: 'Note' }), /returns must be a class/],
    ['returns: [Note, Saved]', ofEvent({ returns: [Note, Saved] }), /returns must be a class/],
    ['description: 7', ofEvent({ description: 7 }), /description must be a text, not number/],
    ['deprecated: {}', ofEvent({ deprecated: {} }), /deprecated must be true, or a text that says/],
    ['retuns', ofEvent({ retuns: Note }), /the option retuns is unknown; .*returns/],
    ['sends: []', ofSends([]), /sends must be an object of events and their arguments/],
    ['sends: { a: Note }', ofSends({ a: Note }), /sends\.a must be the list of its arguments: \{ a: \[NewM/],
    ['sends: { a: [Map] }', ofSends({ a: [Note, Map] }), /sends\.a\[1\] must be a class/],
    ['sends: { a: [undefined] }', ofSends({ a: [undefined] }), /sends\.a\[0\] is undefined/],
    ["sends: { '*': [] }", ofSends({ '*': [] }), /sends has '\*', which is no event/],
    ['sends: { disconnect: [] }', ofSends({ disconnect: [] }), /'disconnect', an event of Socket\.IO's own/],
    ['a long name', ofSends({ ['x'.repeat(257)]: [] }), /an event of 257 characters; write at most 256/],
  ];
  for (const [what, problems, said] of wrong) {
    it(`refuses ${what}`, () => {
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(said);
    });
  }

  it('refuses returns on a proxy', () => {
    class Chat extends SocketGateway {
      @(untyped(SocketEvent)('a', { whitelist: ['math.*'], returns: Note }))
      a!: ActionProxy;
    }
    expect(problemsOf(SocketNamespace('/chat')(Chat))).to.deep.equal([
      'Chat.a: returns works on methods only; the actions have results of their own',
    ]);
  });
});
