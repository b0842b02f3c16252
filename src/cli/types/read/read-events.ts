import ts from 'typescript';
import { docOf } from '../wire/doc-comments';
import type { DecoratedMember } from './class-chain';
import type { Answer, EventDescription } from './description';
import { EventOptions } from './event-options';
import { describePayload, printPayload, saysLittle } from './payload-types';
import { injects, readArguments } from './read-arguments';
import { readProxy } from './read-proxy';
import { readStreams } from './read-streams';
import type { Reading } from './reading';

/** Reads the events that clients send: those of handlers and those of proxies. */
export function readEvents(
  reading: Reading,
  members: readonly DecoratedMember[],
  className: string,
): EventDescription[] {
  const events = new Map<string, EventDescription>();
  for (const member of members) {
    const decorators = member.roles.filter(({ name }) => name === 'SocketEvent');
    if (decorators.length === 0) continue;
    const subject = `${className}.${member.name}`;
    const options = new EventOptions(reading, decorators);
    const names = options.names(member.name, subject).filter((name) => name !== '*');
    if (names.length === 0) continue;
    const doc = options.completeDoc(docOf([member.newest, member.declaration]));
    const described = ts.isPropertyDeclaration(member.newest)
      ? readProxy(reading, member, options, subject)
      : {
          variants: [readArguments(reading, member, options, subject)],
          answer: readAnswer(reading, member, options, subject),
        };
    if (!described) continue;
    const streams = readStreams(reading, member, options, described.answer);
    for (const name of names) {
      if (events.has(name)) {
        const what = `the event '${name}' is already handled by another member; give one of them another name`;
        reading.run.problems.add(member.declaration.name ?? member.declaration, subject, what);
      } else events.set(name, { name, doc, ...described, streams });
    }
  }
  return [...events.values()];
}

function readAnswer(
  reading: Reading,
  member: DecoratedMember,
  options: EventOptions,
  subject: string,
): Answer {
  if (injects(reading, member, 'Ack')) return { kind: 'own' };
  const { checker, wire } = reading;
  const signature = member.type.getCallSignatures().at(-1);
  const returned = signature && checker.getReturnTypeOfSignature(signature);
  const result = returned && (checker.getAwaitedType(returned) ?? returned);
  if (!result) return { kind: 'result', type: 'unknown', mayBeAbsent: false };
  const place = reading.placeOf(member.newest.name ?? member.newest, subject, 'its result');
  const stream = checker.getNonNullableType(result);
  if (stream.flags & ts.TypeFlags.Object && wire.library.isStream(stream)) {
    const chunk = wire.library.chunkOf(stream);
    const isKnown = chunk && !(chunk.flags & ts.TypeFlags.Any);
    return { kind: 'stream', chunk: isKnown ? wire.print(chunk, place.at('[]')).text : 'unknown' };
  }
  const returns = options.expression('returns');
  const documented = returns && saysLittle(checker, result) && describePayload(reading, returns, 'output');
  if (documented)
    return { kind: 'result', type: printPayload(reading.wire, documented, place).text, mayBeAbsent: false };
  const { printed, mayBeAbsent } = wire.printPresent(result, place);
  return { kind: 'result', type: printed?.text, mayBeAbsent };
}
